using Governance.Durable;
using Governance.Functions.Http;

namespace Governance.Functions.Hosting;

/// <summary>What starts a function.</summary>
internal abstract record Trigger;

/// <summary>A call over HTTP.</summary>
/// <param name="Method">One method, upper case.</param>
/// <param name="Route">Under <see cref="FunctionCatalog.ApiBase"/>, or from the root where it begins with a slash; without a slash at the end. A parameter named <c>id</c> is a UUID.</param>
/// <param name="Access">Who may call.</param>
/// <param name="Group">Which concurrency limit and time-out it shares.</param>
/// <param name="Body">What it reads.</param>
/// <param name="Serve">Parses, asks, answers.</param>
/// <param name="Docs">For the API description.</param>
internal sealed record HttpTrigger(
    string Method, string Route, Access Access, FunctionGroup Group, BodyLimit Body, Func<Call, Task<IResult>> Serve, HttpDocs Docs) : Trigger
{
    /// <summary>The full route from the root, without the leading slash: <c>api/v1/deployments/{id}</c>.</summary>
    public string FullRoute => Route.StartsWith('/') ? Route[1..] : $"{FunctionCatalog.ApiBase}/{Route}";

    /// <summary>Whether much more follows than what the answer waits for, so that <see cref="Intake"/> may hold it back.</summary>
    public bool BeginsWork { get; init; }

    /// <summary>Whether a browser shows the answer to a person: errors are pages too, and the API description leaves the function out.</summary>
    public bool ForBrowsers { get; init; }
}

/// <summary>A moment of the clock.</summary>
/// <param name="Schedule">NCRONTAB of six fields, seconds first, in UTC.</param>
/// <param name="Run">What to do.</param>
/// <param name="AtStart">Runs once as soon as the app is up, too.</param>
internal sealed record TimerTrigger(string Schedule, TimerHandler Run, bool AtStart) : Trigger;

/// <summary>A message of a storage queue.</summary>
/// <param name="Queue">The queue's name.</param>
/// <param name="Run">Takes one message; a fault has it delivered again.</param>
internal sealed record QueueTrigger(string Queue, QueueHandler Run) : Trigger;

/// <summary>A turn of an orchestration.</summary>
/// <param name="Register">Tells the engine about the orchestrator, under the function's name.</param>
internal sealed record OrchestrationTrigger(Action<DurableTaskRegistry> Register) : Trigger;

/// <summary>An activity of an orchestration.</summary>
/// <param name="Register">Tells the engine about the activity, under the function's name.</param>
internal sealed record ActivityTrigger(Action<DurableTaskRegistry> Register) : Trigger;

/// <summary>Answers a call that brings nothing but its route.</summary>
internal delegate Task<IResult> Handler(ApiRequest request);

/// <summary>Answers a call whose input is parsed.</summary>
internal delegate Task<IResult> Handler<in T>(ApiRequest request, T input);

/// <summary>Makes types of what a call brings and notes what is wrong. Pure.</summary>
internal delegate T Parser<out T>(Input input);

/// <summary>Makes types of a posted form and notes what is wrong. Pure.</summary>
internal delegate T FormParser<out T>(FormFields form);

/// <summary>A posted form.</summary>
/// <param name="Wish">What it asks for; means something only where nothing is wrong.</param>
/// <param name="Form">Its fields, to show them again, and what is wrong with them.</param>
internal sealed record Posted<T>(T Wish, FormFields Form);

/// <summary>Does a timer's work.</summary>
/// <returns>One sentence about what was found and done, for the run report.</returns>
internal delegate Task<string> TimerHandler(TimerRun run);

/// <summary>Takes one queue message.</summary>
internal delegate Task QueueHandler(QueueRun run);

/// <summary>One delivery of a queue message.</summary>
/// <param name="Services">The app's services.</param>
/// <param name="Message">Its bytes.</param>
/// <param name="DequeueCount">How often it has been delivered, from 1.</param>
/// <param name="Cancellation">Ends with the app, or when the host gives up.</param>
internal sealed record QueueRun(IServiceProvider Services, ReadOnlyMemory<byte> Message, int DequeueCount, CancellationToken Cancellation);

/// <summary>One run of a timer.</summary>
/// <param name="Services">The app's services.</param>
/// <param name="Now">When it began, UTC.</param>
/// <param name="Cancellation">Ends with the app.</param>
internal sealed record TimerRun(IServiceProvider Services, DateTimeOffset Now, CancellationToken Cancellation);

/// <summary>Functions that share a concurrency limit and a time-out, so that one kind of load leaves the others alone.</summary>
internal enum FunctionGroup
{
    /// <summary>Answers at once and is never turned away: health.</summary>
    Unlimited,

    /// <summary>Reads.</summary>
    Reads,

    /// <summary>Changes of state.</summary>
    Writes,

    /// <summary>Large bodies and long computation.</summary>
    Evidence,

    /// <summary>Callbacks of Teams.</summary>
    Callbacks,
}

/// <summary>How much of a body a function reads; the sizes are settings.</summary>
internal enum BodyLimit
{
    /// <summary>None.</summary>
    None,

    /// <summary>1 MiB by default.</summary>
    Standard,

    /// <summary>16 MiB by default.</summary>
    Evidence,
}
