namespace Governance.LoadTests.Load;

/// <summary>
/// One user after another answer. A request is due at the previous answer plus the time to think, and its time counts from then on, not from when this
/// program came to send it. A request that is turned away comes again, and its time counts anew from when that was due.
/// </summary>
internal sealed class UserLoop(IScenario scenario, LoadBench bench, Recorder recorder, TimeProvider clock)
{
    /// <summary>How often a request that is turned away comes again.</summary>
    internal const int MostRetries = 5;

    /// <summary>Asks until the time is over; what was begun is ended.</summary>
    /// <param name="user">Who.</param>
    /// <param name="begin">When the user's first request is due, from the recorder's start.</param>
    /// <param name="end">When no further request becomes due.</param>
    internal async Task Run(User user, TimeSpan begin, TimeSpan end)
    {
        for (var due = begin; due < end; due = Now() + scenario.Think.Draw(user.Random))
        {
            await Until(due);
            await Ask(user, due);
        }
    }

    private async Task Ask(User user, TimeSpan due)
    {
        var request = scenario.Next(bench, user);
        var first = due;
        for (var retries = 0; ; retries++)
        {
            var sent = Now();
            using var answer = await bench.Client.Send(request.Call);
            var done = Now();
            if (answer.IsRefusal && retries < MostRetries)
            {
                recorder.Refused(request.Kind, done);

                // As long as it is told to and up to as long again, so that those who were turned away together do not come back together.
                due = done + (answer.RetryAfter!.Value * (1 + user.Random.NextDouble()));
                await Until(due);
                continue;
            }

            var problem = answer.IsRefusal ? $"was turned away {retries + 1} times" : request.Check(answer, retries > 0);
            recorder.Served(new(request.Kind, first, due, sent, done, retries, answer.Trips), problem);
            return;
        }
    }

    private TimeSpan Now() => clock.GetElapsedTime(recorder.Began);

    private async Task Until(TimeSpan due)
    {
        if (due - Now() is var wait && wait > TimeSpan.Zero)
        {
            // Delays are whole milliseconds, cut off: without rounding up a request would be sent before it is due.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), clock);
        }
    }
}
