using Governance.Core.Cab;

namespace Governance.Teams.Connector;

/// <summary>Leaves a channel alone for a while once it has failed several times on end, so that what waits for it does not hold up everything else.</summary>
internal sealed class RestingChannel(ICardChannel channel, TimeProvider clock) : ICardChannel
{
    private const int FailuresOnEnd = 3;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private int _failures;
    private DateTimeOffset _until = DateTimeOffset.MinValue;

    /// <inheritdoc/>
    public bool CanUpdate => channel.CanUpdate;

    /// <inheritdoc/>
    public Task<Delivery> Post(CardMessage message, NoticeAudience audience, string? conversationId, CancellationToken cancellation) =>
        Unless(() => channel.Post(message, audience, conversationId, cancellation));

    /// <inheritdoc/>
    public Task<Delivery> Update(CardMessage message, string conversationId, string activityId, CancellationToken cancellation) =>
        Unless(() => channel.Update(message, conversationId, activityId, cancellation));

    private async Task<Delivery> Unless(Func<Task<Delivery>> send)
    {
        lock (_gate)
        {
            if (_until - clock.GetUtcNow() is { } left && left > TimeSpan.Zero)
            {
                return new Delivery.NotSent("the channel has failed several times and is left alone for a while", left);
            }
        }

        var delivery = await send().ConfigureAwait(false);
        lock (_gate)
        {
            _failures = delivery is Delivery.Done ? 0 : _failures + 1;
            if (_failures >= FailuresOnEnd)
            {
                // One failure after the rest is enough for the next one.
                (_failures, _until) = (FailuresOnEnd - 1, clock.GetUtcNow() + Rest);
            }
        }

        return delivery;
    }
}
