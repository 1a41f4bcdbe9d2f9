using System.Text.Json.Nodes;
using Governance.Core.Cab;

namespace Governance.Teams.Connector;

/// <summary>Cards through a Workflows webhook: they can be read and lead to the review page, and are never heard of again.</summary>
internal sealed class WorkflowChannel(SecretAddress address, ChannelCalls calls) : ICardChannel
{
    /// <inheritdoc/>
    public bool CanUpdate => false;

    /// <inheritdoc/>
    public async Task<Delivery> Post(CardMessage message, NoticeAudience audience, string? conversationId, CancellationToken cancellation)
    {
        var envelope = BotChannel.Activity(message);
        envelope["attachments"]![0]!["contentUrl"] = null;
        var (_, failed) = await calls.Send(HttpMethod.Post, address.Value, null, envelope, repeatable: false, cancellation).ConfigureAwait(false);
        return failed ?? new Delivery.Done(null, null);
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: the channel says that it cannot.</exception>
    public Task<Delivery> Update(CardMessage message, string conversationId, string activityId, CancellationToken cancellation) =>
        throw new NotSupportedException("A Workflows webhook cannot update what it posted.");
}
