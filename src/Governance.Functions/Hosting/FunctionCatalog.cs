using System.Text.RegularExpressions;
using Governance.Durable;
using Governance.Functions.Audit;
using Governance.Functions.Cab;
using Governance.Functions.Connectors;
using Governance.Functions.Deployments;
using Governance.Functions.Events;
using Governance.Functions.Evidence;
using Governance.Functions.Health;
using Governance.Functions.OpenApi;
using Governance.Functions.Operations;
using Governance.Functions.Orchestration;
using Governance.Functions.Policy;
using Governance.Functions.Review;
using Governance.Functions.SignIn;
using Governance.Functions.Sweeps;
using Governance.Functions.Teams;

namespace Governance.Functions.Hosting;

/// <summary>Every function of the app. A subject's functions stand in its own list; this is the list of lists.</summary>
internal sealed partial class FunctionCatalog
{
    /// <summary>The base of all routes that do not begin with a slash.</summary>
    public const string ApiBase = "api/v1";

    /// <param name="functions">In any order.</param>
    /// <exception cref="ArgumentException">Two have one name or one method and route, or a declaration contradicts itself; all of that in one message.</exception>
    public FunctionCatalog(IEnumerable<Function> functions)
    {
        Functions = [.. functions.OrderBy(function => function.Name, StringComparer.Ordinal)];
        var faults = Faults(Functions).ToList();
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", faults), nameof(functions));
        }
    }

    /// <summary>The functions of Governance.</summary>
    public static IEnumerable<Function> Declared =>
    [
        .. HealthFunctions.All,
        .. DescriptionFunctions.All,
        .. OperationFunctions.All,
        .. SweepFunctions.All,
        .. DeploymentFunctions.All,
        .. EvidenceFunctions.All,
        .. PolicyFunctions.All,
        .. EventFunctions.All,
        .. AuditFunctions.All,
        .. CabFunctions.All,
        .. ExceptionFunctions.All,
        .. ReviewFunctions.All,
        .. ConnectorFunctions.All,
        .. OutboxFunctions.All,
        .. TeamsFunctions.All,
    ];

    /// <summary>All functions, by name.</summary>
    public IReadOnlyList<Function> Functions { get; }

    /// <summary>Whether an orchestration is among them: an app without any, as some tests build, needs no storage.</summary>
    public bool Has<T>()
        where T : class, ITaskOrchestrator => Functions.Any(function => function.Trigger is OrchestrationTrigger && function.Name == typeof(T).Name);

    /// <summary>The functions that a kind of trigger starts.</summary>
    public IEnumerable<(string Name, T Trigger)> On<T>()
        where T : Trigger => Functions.Where(function => function.Trigger is T).Select(function => (function.Name, (T)function.Trigger));

    /// <summary>Tells the durable engine about all orchestrations and activities.</summary>
    public void Register(DurableTaskRegistry registry)
    {
        foreach (var (_, trigger) in On<OrchestrationTrigger>())
        {
            trigger.Register(registry);
        }

        foreach (var (_, trigger) in On<ActivityTrigger>())
        {
            trigger.Register(registry);
        }
    }

    private static IEnumerable<string> Faults(IReadOnlyList<Function> functions)
    {
        foreach (var function in functions.Where(function => !NamePattern().IsMatch(function.Name)))
        {
            yield return $"'{function.Name}' is no function name.";
        }

        foreach (var twice in functions.GroupBy(function => function.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            yield return $"The name '{twice.Key}' is declared twice.";
        }

        var routes = functions.Where(function => function.Trigger is HttpTrigger).Select(function => (function.Name, Http: (HttpTrigger)function.Trigger)).ToList();
        foreach (var twice in routes.GroupBy(route => $"{route.Http.Method} {ParameterPattern().Replace(route.Http.FullRoute, "{}")}", StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            yield return $"{twice.Key} is declared by {string.Join(" and ", twice.Select(route => route.Name))}.";
        }

        foreach (var route in routes.Where(route => route.Http.Route.EndsWith('/')))
        {
            yield return $"The route of '{route.Name}' ends with a slash; callers may leave it out anyway.";
        }

        foreach (var reserved in routes.Where(route => ReservedPattern().IsMatch(route.Http.FullRoute) || functions.Any(function => function.Name.Equals(route.Http.FullRoute, StringComparison.OrdinalIgnoreCase))))
        {
            yield return $"The route of '{reserved.Name}' is one that the Functions host keeps for itself.";
        }

        foreach (var open in routes.Where(route => route.Http.Access is { Kind: AccessKind.SignedIn or AccessKind.Page, Roles: Roles.None }))
        {
            yield return $"'{open.Name}' is declared for no role at all.";
        }

        foreach (var (name, timer) in functions.Where(function => function.Trigger is TimerTrigger).Select(function => (function.Name, (TimerTrigger)function.Trigger)))
        {
            if (Schedule.TryParse(timer.Schedule) is null)
            {
                yield return $"The schedule '{timer.Schedule}' of '{name}' is no NCRONTAB of six fields.";
            }
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{0,126}$")]
    private static partial Regex NamePattern();

    [GeneratedRegex("^(admin|runtime)", RegexOptions.IgnoreCase)]
    private static partial Regex ReservedPattern();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex ParameterPattern();
}
