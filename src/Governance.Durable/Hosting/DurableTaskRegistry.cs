using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Durable;

/// <summary>The orchestrators and activities of an app, by name. Filled once at start; names are checked as they come in.</summary>
/// <remarks>
/// Orchestrators and activities share one set of names, because behind a Functions host each is a function. Names are
/// compared ignoring case.
/// </remarks>
public sealed class DurableTaskRegistry
{
    private readonly Dictionary<TaskName, Func<IServiceProvider, ITaskOrchestrator>> _orchestrators = [];
    private readonly Dictionary<TaskName, Func<IServiceProvider, ITaskActivity>> _activities = [];

    /// <summary>Names of the orchestrators, in the order of registration.</summary>
    public IReadOnlyCollection<TaskName> Orchestrators => _orchestrators.Keys;

    /// <summary>Names of the activities, in the order of registration.</summary>
    public IReadOnlyCollection<TaskName> Activities => _activities.Keys;

    /// <summary>Registers an orchestrator under its type's name.</summary>
    /// <typeparam name="TOrchestrator">Constructed for each turn; its constructor may ask for singletons.</typeparam>
    /// <exception cref="ArgumentException">The name is taken, or not a name.</exception>
    public DurableTaskRegistry AddOrchestrator<TOrchestrator>()
        where TOrchestrator : class, ITaskOrchestrator => AddOrchestrator<TOrchestrator>(typeof(TOrchestrator).Name);

    /// <summary>Registers an orchestrator under a chosen name.</summary>
    /// <inheritdoc cref="AddOrchestrator{TOrchestrator}()"/>
    public DurableTaskRegistry AddOrchestrator<TOrchestrator>(TaskName name)
        where TOrchestrator : class, ITaskOrchestrator
    {
        // Compiled when first used: all of them at start would be a good part of a cold start.
        var create = new Lazy<ObjectFactory<TOrchestrator>>(() => ActivatorUtilities.CreateFactory<TOrchestrator>([]));
        return AddOrchestrator(name, services => create.Value(services, null));
    }

    /// <summary>Registers an orchestrator that a function makes.</summary>
    /// <exception cref="ArgumentException">The name is taken, or not a name.</exception>
    public DurableTaskRegistry AddOrchestrator(TaskName name, Func<IServiceProvider, ITaskOrchestrator> create)
    {
        Claim(name);
        _orchestrators.Add(name, create);
        return this;
    }

    /// <summary>Registers a function as an orchestrator.</summary>
    /// <exception cref="ArgumentException">The name is taken, or not a name.</exception>
    public DurableTaskRegistry AddOrchestratorFunc<TInput, TOutput>(TaskName name, Func<TaskOrchestrationContext, TInput, Task<TOutput>> run) =>
        AddOrchestrator(name, _ => new FuncOrchestrator<TInput, TOutput>(run));

    /// <summary>Registers an activity under its type's name.</summary>
    /// <typeparam name="TActivity">Constructed for each call, inside a service scope of its own.</typeparam>
    /// <exception cref="ArgumentException">The name is taken, or not a name.</exception>
    public DurableTaskRegistry AddActivity<TActivity>()
        where TActivity : class, ITaskActivity => AddActivity<TActivity>(typeof(TActivity).Name);

    /// <summary>Registers an activity under a chosen name.</summary>
    /// <inheritdoc cref="AddActivity{TActivity}()"/>
    public DurableTaskRegistry AddActivity<TActivity>(TaskName name)
        where TActivity : class, ITaskActivity
    {
        var create = new Lazy<ObjectFactory<TActivity>>(() => ActivatorUtilities.CreateFactory<TActivity>([]));
        return AddActivity(name, services => create.Value(services, null));
    }

    /// <summary>Registers an activity that a function makes.</summary>
    /// <exception cref="ArgumentException">The name is taken, or not a name.</exception>
    public DurableTaskRegistry AddActivity(TaskName name, Func<IServiceProvider, ITaskActivity> create)
    {
        Claim(name);
        _activities.Add(name, create);
        return this;
    }

    /// <summary>Registers a function as an activity.</summary>
    /// <exception cref="ArgumentException">The name is taken, or not a name.</exception>
    public DurableTaskRegistry AddActivityFunc<TInput, TOutput>(TaskName name, Func<TaskActivityContext, TInput, Task<TOutput>> run) =>
        AddActivity(name, _ => new FuncActivity<TInput, TOutput>(run));

    /// <summary>What is registered so far, for lookups that never change.</summary>
    internal FrozenDictionary<TaskName, Func<IServiceProvider, ITaskOrchestrator>> FreezeOrchestrators() => _orchestrators.ToFrozenDictionary();

    /// <summary>What is registered so far, for lookups that never change.</summary>
    internal FrozenDictionary<TaskName, Func<IServiceProvider, ITaskActivity>> FreezeActivities() => _activities.ToFrozenDictionary();

    private void Claim(TaskName name)
    {
        if (!IsName(name.Name))
        {
            throw new ArgumentException(
                $"'{name}' is no name for an orchestrator or activity: 1 to 128 letters, digits, '_' and '-', starting with a letter.", nameof(name));
        }

        if (_orchestrators.ContainsKey(name) || _activities.ContainsKey(name))
        {
            throw new ArgumentException($"There is an orchestrator or activity '{name}' already.", nameof(name));
        }
    }

    // What the Functions host accepts as the name of a function.
    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= 128 }
        && char.IsAsciiLetter(name[0])
        && name.AsSpan(1).IndexOfAnyExcept(NameCharacters) < 0;

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private sealed class FuncOrchestrator<TInput, TOutput>(Func<TaskOrchestrationContext, TInput, Task<TOutput>> run)
        : TaskOrchestrator<TInput, TOutput>
    {
        public override Task<TOutput> RunAsync(TaskOrchestrationContext context, TInput input) => run(context, input);
    }

    private sealed class FuncActivity<TInput, TOutput>(Func<TaskActivityContext, TInput, Task<TOutput>> run)
        : TaskActivity<TInput, TOutput>
    {
        public override Task<TOutput> RunAsync(TaskActivityContext context, TInput input) => run(context, input);
    }
}
