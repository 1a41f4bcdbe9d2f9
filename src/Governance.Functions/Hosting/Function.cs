using Governance.Durable;
using Governance.Functions.Http;
using Governance.Functions.Sweeps;

namespace Governance.Functions.Hosting;

/// <summary>One function of the app: what starts it and what it does. Declared once, in its subject's list, and used for ASP.NET endpoints, embedded triggers and function.json alike.</summary>
/// <param name="Name">Unique, letters and digits, beginning with a letter; the function's folder in a publish.</param>
/// <param name="Trigger">What starts it.</param>
internal sealed record Function(string Name, Trigger Trigger)
{
    /// <summary>Whether it is there behind the Functions host alone, because the embedded mode has other means.</summary>
    public bool HostOnly { get; init; }

    /// <summary>A read that brings nothing but its route.</summary>
    public static Function Get(string name, string route, Access access, Handler handle, HttpDocs docs, FunctionGroup group = FunctionGroup.Reads) =>
        new(name, new HttpTrigger(HttpMethods.Get, route, access, group, BodyLimit.None, call => handle(call.Request), docs));

    /// <summary>A read with query parameters or headers.</summary>
    public static Function Get<T>(
        string name, string route, Access access, Parser<T> parse, Handler<T> handle, HttpDocs docs, FunctionGroup group = FunctionGroup.Reads) =>
        new(name, new HttpTrigger(HttpMethods.Get, route, access, group, BodyLimit.None, call => call.Parsed(parse, handle, limit: null), docs));

    /// <summary>A change, with a JSON body.</summary>
    /// <remarks><paramref name="beginsWork"/>: see <see cref="HttpTrigger.BeginsWork"/>.</remarks>
    public static Function Post<T>(
        string name, string route, Access access, Parser<T> parse, Handler<T> handle, HttpDocs docs,
        FunctionGroup group = FunctionGroup.Writes, BodyLimit body = BodyLimit.Standard, bool beginsWork = false) =>
        new(name, new HttpTrigger(HttpMethods.Post, route, access, group, body, call => call.Parsed(parse, handle, body), docs) { BeginsWork = beginsWork });

    /// <summary>A call whose body is taken as the bytes it is, because a signature covers them.</summary>
    public static Function PostBytes(
        string name, string route, Access access, Handler<ReadOnlyMemory<byte>> handle, HttpDocs docs,
        FunctionGroup group = FunctionGroup.Callbacks, BodyLimit body = BodyLimit.Standard) =>
        new(name, new HttpTrigger(HttpMethods.Post, route, access, group, body, call => call.Raw(handle, body), docs));

    /// <summary>A page.</summary>
    public static Function Page(string name, string route, Access access, Handler handle, string summary) =>
        new(name, new HttpTrigger(HttpMethods.Get, route, access, FunctionGroup.Reads, BodyLimit.None, call => handle(call.Request), InBrowsers(summary)) { ForBrowsers = true });

    /// <summary>A page with query parameters.</summary>
    public static Function Page<T>(string name, string route, Access access, Parser<T> parse, Handler<T> handle, string summary) => new(
        name,
        new HttpTrigger(HttpMethods.Get, route, access, FunctionGroup.Reads, BodyLimit.None, call => call.Parsed(parse, handle, limit: null), InBrowsers(summary)) { ForBrowsers = true });

    /// <summary>A form of a page; taken only with the anti-forgery token that the page gave out. What is wrong with its fields is the handler's to show.</summary>
    public static Function Form<T>(string name, string route, Access access, FormParser<T> parse, Handler<Posted<T>> handle, string summary) => new(
        name,
        new HttpTrigger(HttpMethods.Post, route, access, FunctionGroup.Writes, BodyLimit.Standard, call => call.Form(parse, handle), InBrowsers(summary)) { ForBrowsers = true });

    /// <summary>Work at set times. A run that takes longer than its interval is not started a second time.</summary>
    /// <param name="schedule">NCRONTAB of six fields, seconds first, in UTC; the setting <c>Timers__{name}</c> wins.</param>
    public static Function Timer(string name, string schedule, TimerHandler run, bool atStart = false) => new(name, new TimerTrigger(schedule, run, atStart));

    /// <summary>A sweep at set times, under its type's name: one process at a time, from where it stopped, within its budget.</summary>
    /// <typeparam name="T">A singleton service of the composition root.</typeparam>
    /// <param name="schedule">As for <see cref="Timer"/>.</param>
    /// <param name="atStart">Whether it also runs as soon as the app is up.</param>
    public static Function Sweep<T>(string schedule, bool atStart = false)
        where T : class, ISweep => Timer(
            typeof(T).Name, schedule, run => run.Services.GetRequiredService<SweepRuns>().Run(typeof(T).Name, run.Services.GetRequiredService<T>(), run), atStart);

    /// <summary>Work that arrives in a storage queue.</summary>
    public static Function Queue(string name, string queue, QueueHandler run) => new(name, new QueueTrigger(queue, run));

    /// <summary>An orchestration, under its type's name.</summary>
    public static Function Orchestration<T>()
        where T : class, ITaskOrchestrator => new(typeof(T).Name, new OrchestrationTrigger(registry => registry.AddOrchestrator<T>()));

    /// <summary>An activity, under its type's name.</summary>
    public static Function Activity<T>()
        where T : class, ITaskActivity => new(typeof(T).Name, new ActivityTrigger(registry => registry.AddActivity<T>()));

    private static HttpDocs InBrowsers(string summary) => new(summary) { MediaType = "text/html" };
}
