using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Governance.Testing;

/// <summary>Waits on a condition with a deadline, for what another process or thread brings about.</summary>
public static class Eventually
{
    /// <summary>Asks again every few milliseconds until the condition holds.</summary>
    /// <param name="condition">Cheap, and safe to ask often.</param>
    /// <param name="within">10 s by default: long enough for a busy machine, short enough to fail by.</param>
    /// <param name="said">The condition's own text.</param>
    /// <exception cref="TimeoutException">It never held.</exception>
    public static async Task Holds(
        Func<Task<bool>> condition, TimeSpan? within = null, [CallerArgumentExpression(nameof(condition))] string said = "")
    {
        ArgumentNullException.ThrowIfNull(condition);
        var deadline = within ?? TimeSpan.FromSeconds(10);
        var since = Stopwatch.StartNew();
        while (!await condition())
        {
            if (since.Elapsed > deadline)
            {
                throw new TimeoutException($"Within {deadline.TotalSeconds:0.#} s this never held: {said}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    /// <inheritdoc cref="Holds(Func{Task{bool}}, TimeSpan?, string)"/>
    public static Task Holds(Func<bool> condition, TimeSpan? within = null, [CallerArgumentExpression(nameof(condition))] string said = "") =>
        Holds(() => Task.FromResult(condition()), within, said);
}
