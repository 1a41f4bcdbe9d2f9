using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Governance.Azurite;
using Governance.Local.Intune;
using Governance.Local.Stack;
using Governance.Local.Teams;
using Governance.Storage.Hosting;
using Governance.Testing.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.LoadTests.Fuzzing;

/// <summary>The whole app with its simulators in this process, storage beside it, people who are signed in, and things to aim at.</summary>
internal sealed partial class FuzzWorld : IAsyncDisposable
{
    private static readonly string[] AllRoles = ["Publisher", "CabApprover", "SecurityReviewer", "Auditor", "PlatformAdmin"];

    private readonly AzuriteServer _azurite;
    private readonly LocalStack _stack;
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private FuzzPool? _pool;

    private FuzzWorld(AzuriteServer azurite, LocalStack stack, TokenForge tokens, FaultLog log, DescribedApi api, ApiClient publisher) =>
        (_azurite, _stack, Tokens, Log, Api, Publisher) = (azurite, stack, tokens, log, api, publisher);

    internal Uri Address => _stack.Address;

    internal TokenForge Tokens { get; }

    internal FaultLog Log { get; }

    internal DescribedApi Api { get; }

    /// <summary>Prepares things, and reads what was accepted.</summary>
    internal ApiClient Publisher { get; }

    internal TeamsSimulator Teams => _stack.Teams!.Simulator;

    internal StorageLayout Storage => _stack.Services.GetRequiredService<StorageLayout>();

    /// <summary>What the batch is aimed at.</summary>
    internal FuzzPool Pool => _pool ?? throw new InvalidOperationException("Nothing was prepared.");

    /// <summary>Where each list would go on, in its own words, by the function's name.</summary>
    internal Dictionary<string, string> Cursors { get; } = new(StringComparer.Ordinal);

    /// <summary>The ids of what cases have prepared for themselves.</summary>
    internal ConcurrentBag<string> Prepared { get; } = [];

    /// <summary>Starts everything.</summary>
    internal static async Task<FuzzWorld> Start()
    {
        var azurite = await AzuriteServer.Start(new() { SeparateProcesses = true });
        var (tokens, log) = (new TokenForge(), new FaultLog());
        var stack = await LocalStack.Start(
            new()
            {
                Port = 0,
                ConnectionString = azurite.ConnectionString,
                Teams = new SimulatedTeamsOptions(),
                LogLevel = LogLevel.Error,
                Intune = new TenantOptions(0, 12).Tenant,
                Customise = builder =>
                {
                    builder.Configuration.AddInMemoryCollection([new("SignIn:KeyFile", tokens.KeyFile)]);
                    builder.Logging.ClearProviders();
                    builder.Logging.AddProvider(log);
                },
            },
            CancellationToken.None);
        var world = new FuzzWorld(
            azurite, stack, tokens, log, await DescribedApi.Read(stack.Address), await ApiClient.SignIn(stack.Address, new("f0000000-0000-4000-8000-0000000000a1"), "user", "Publisher"));
        await world.SignIn();
        return world;
    }

    /// <summary>Prepares what a batch is aimed at.</summary>
    internal async Task Prepare(int seed, int batch)
    {
        _pool = await FuzzPool.Make(Publisher, seed, batch);
        foreach (var list in Api.Calls.Where(call => call.Method == HttpMethod.Get && call.QueryNames.Contains("continuation_token") && (call.Parameters == 0 || !Cursors.ContainsKey(call.Name))))
        {
            var answer = await Publisher.Get($"{list.Path.Replace("{id}", Pool.Awaiting[0].ToString(), StringComparison.Ordinal)}?limit=1");
            if (answer.Status == 200 && answer.Body?["continuation_token"]?.GetValue<string>() is { } token)
            {
                Cursors[list.Name] = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token).AsSpan(16));
            }
        }

        _names["teams"] = Teams.Issuer.Token(Teams.ServiceUrl);
    }

    /// <summary>A request with what its names stand for in this run.</summary>
    internal FuzzRequest Resolve(FuzzRequest request)
    {
        var resolved = request with { Target = Resolve(request.Target), Headers = [.. request.Headers.Select(header => (header.Name, Resolve(header.Value)))] };
        if (request.Body is { } body && body.AsSpan().IndexOf("{{"u8) >= 0)
        {
            // Latin-1 takes every byte there and back.
            resolved = resolved with { Body = Encoding.Latin1.GetBytes(Resolve(Encoding.Latin1.GetString(body))) };
        }

        return resolved with { Headers = [.. resolved.Headers.Select(header => (header.Name, header.Value.Replace("{{hmac}}", Proof(resolved.Body ?? []), StringComparison.Ordinal)))] };
    }

    public async ValueTask DisposeAsync()
    {
        Publisher.Dispose();
        await _stack.DisposeAsync();
        await _azurite.DisposeAsync();
        Tokens.Dispose();
    }

    private async Task SignIn()
    {
        _names["everybody"] = Tokens.Token(new("f0000000-0000-4000-8000-0000000000e1"), AllRoles);
        _names["publisher"] = Tokens.Token(new("f0000000-0000-4000-8000-0000000000a1"), "Publisher");
        _names["approver"] = Tokens.Token(new("f0000000-0000-4000-8000-0000000000b1"), "CabApprover");
        _names["auditor"] = Tokens.Token(new("f0000000-0000-4000-8000-0000000000c1"), "Auditor");
        foreach (var (name, person) in new[] { ("bo", "22222222-2222-4222-8222-222222222222"), ("max", "66666666-6666-4666-8666-666666666666") })
        {
            using var browser = new PageBrowser(Address);
            await browser.SignIn(new(person));
            var queue = await browser.Get("/review");
            _names[$"form-{name}"] = Uri.EscapeDataString(PageBrowser.Forms(queue.Body)["/review/sign-out"]["anti_forgery"]);
            _names[$"cookies-{name}"] = string.Join("; ", browser.Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"));
        }
    }

    private string Proof(byte[] body) => $"HMAC {Convert.ToBase64String(HMACSHA256.HashData(Teams.WebhookSecret, body))}";

    private string Resolve(string text) => Names().Replace(text, name => _names.GetValueOrDefault(name.Groups[1].Value, name.Value));

    [GeneratedRegex(@"\{\{([a-z-]+)\}\}")]
    private static partial Regex Names();
}
