using System.Collections.Immutable;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Functions.Composition;
using Governance.Functions.Configuration;
using Governance.Functions.Deployments;
using Governance.Functions.Teams;
using Governance.Storage.Hosting;
using Governance.Storage.Streams;
using Governance.Storage.Vault;
using Governance.Testing;
using Governance.Testing.Deployments;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Governance.IntegrationTests;

/// <summary>
/// The domain's services on real storage, with nobody dispatching or orchestrating: what a test calls is all that happens. As many apps on the
/// same storage as a test likes, one after the other as after a crash, or side by side.
/// </summary>
internal sealed class Bench
{
    private readonly StorageOptions _storage;
    private int _deployments;

    private Bench(StorageOptions storage, EvidenceFacts facts) => (_storage, Facts) = (storage, facts);

    /// <summary>The evidence of every deployment made here.</summary>
    internal EvidenceFacts Facts { get; }

    /// <summary>Has a whole app store one pack with its package, and ends it.</summary>
    internal static async Task<Bench> Start(AzuriteFixture azurite)
    {
        var world = new World(azurite);
        await using (world)
        {
            await world.InitializeAsync();
            var stored = await world.Store(world.NextApp());
            var storage = new StorageOptions { ConnectionString = azurite.ConnectionString, Prefix = world.Prefix };
            var pack = EvidencePackId.Parse(World.Text(stored.PackId));
            var facts = (await world.Stack.Services.GetRequiredService<EvidenceVault>().Find(pack, default))!.Facts;
            return new(storage, facts);
        }
    }

    /// <summary>An app.</summary>
    internal ServiceProvider App(IDevicePlane plane, TimeProvider clock)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(clock);
        var settings = new AppSettings(
            _storage,
            new() { SignIn = new() { Kind = Intune.IntuneSignInKind.Anonymous }, BaseAddress = new("http://127.0.0.1:1/v1.0") },
            new(ImmutableSortedDictionary<Ring, ImmutableArray<Guid>>.Empty),
            Speed: 1,
            new(null, TeamsSignIn.Read(new SettingsReader(new ConfigurationBuilder().Build()).Section("Teams"))),
            LeaseFile: null)
        {
            Drift = new(0, 8),
        };
        DomainServices.Add(services, settings, embedded: false);
        services.RemoveAll<IDevicePlane>();
        services.AddSingleton(plane);
        return services.BuildServiceProvider();
    }

    /// <summary>A deployment to LAB that policy allows; each of an app of its own unless told otherwise.</summary>
    internal Story<DeploymentState, DeploymentEvent> Allowed(DateTimeOffset now, Guid group, string? app = null)
    {
        var number = Interlocked.Increment(ref _deployments);
        var id = new CorrelationId(new Guid(number, 2, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 2));
        var request = Sample.Request(Ring.Lab, Ring.Lab) with
        {
            AppName = app ?? $"App {number}",
            EvidencePackId = Facts.PackId,
            Scope = new() { Rings = [new() { Ring = Ring.Lab, GroupIds = [group] }] },
        };
        return Story<DeploymentState, DeploymentEvent>.Begin(new DeploymentCodec(), now)
            .Does(request.Submitter, _ => DeploymentDecider.Create(id, request, EvidenceLink.Of(Facts), (request.AppName, request.Version)))
            .Checked(PolicyVerdict.Allowed);
    }

    /// <summary>Stores a story's events as a stream.</summary>
    internal static async Task<StreamHead<DeploymentState>> Store(IServiceProvider app, Story<DeploymentState, DeploymentEvent> story) =>
        Assert.IsType<CreateResult<DeploymentState>.Created>(await Streams(app).Create(story.State.Id, Actor.System, [.. story.Log.Select(each => each.Event)], default)).Head;

    /// <summary>The streams of an app.</summary>
    internal static EventStreams<DeploymentState, DeploymentEvent> Streams(IServiceProvider app) => app.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>();
}
