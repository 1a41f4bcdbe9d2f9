using System.Security.Cryptography;
using Governance.Core.Cab;
using Governance.Teams.Approvers;
using Governance.Teams.Cab;
using Governance.Teams.Connector;
using Governance.Teams.SignIn;
using Microsoft.Extensions.Logging;

namespace Governance.Teams;

/// <summary>Everything of Teams that an app needs, wired. Made once; ends its connections when disposed.</summary>
public sealed class TeamsConnection : IDisposable
{
    private readonly HttpClient _http;
    private readonly ConnectorKeys? _keys;

    /// <param name="options">Checked before: <see cref="TeamsOptions.Problems"/> is empty.</param>
    /// <param name="desk">The CAB's requests.</param>
    /// <param name="records">What is known of cards.</param>
    /// <param name="tokens">The app's own tokens.</param>
    /// <param name="clock">For everything that depends on time.</param>
    /// <param name="logs">Where it is told what happened.</param>
    /// <param name="approvers">Who may decide; null for what the options say.</param>
    public TeamsConnection(
        TeamsOptions options, ICabDesk desk, ICardRecords records, IAccessTokens tokens, TimeProvider clock, ILoggerFactory logs, IApproverDirectory? approvers = null)
    {
        _http = new(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(3),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = 64,
            AllowAutoRedirect = false,
            UseCookies = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        Approvers = approvers ?? Directory(options, _http, tokens, clock, logs);
        var calls = new ChannelCalls(_http, clock);
        var signer = options.Bot is { } signing ? new CardSigner(signing.CardKey, signing.PreviousCardKey) : null;
        var composer = new CardComposer(options, signer, Approvers);
        if (Channel(options, calls, tokens) is { } channel)
        {
            Cards = new(new RestingChannel(channel, clock), records, desk, composer, NewId, clock, logs.CreateLogger<CardDelivery>());
        }

        if (options.Bot is { } bot)
        {
            var log = logs.CreateLogger<TeamsCallbacks>();
            _keys = new(bot.OpenIdMetadata, _http, clock, log);
            Callbacks = new(
                options,
                new(bot, options.AllowLoopback, _keys, clock),
                signer!,
                new(new(options, calls, tokens, clock), Approvers),
                new(desk, composer, log),
                clock,
                log);
        }

        if (!options.OutgoingWebhooks.IsEmpty)
        {
            Status = new(options, desk, new(clock), clock, logs.CreateLogger<StatusAnswers>());
        }
    }

    /// <summary>Cards and notices; null without a channel.</summary>
    public CardDelivery? Cards { get; }

    /// <summary>Callbacks of the bot; null without one.</summary>
    public TeamsCallbacks? Callbacks { get; }

    /// <summary>Callbacks of outgoing webhooks; null without any.</summary>
    public StatusAnswers? Status { get; }

    /// <summary>Who may decide.</summary>
    public IApproverDirectory Approvers { get; }

    /// <summary>Reads the connector's keys ahead of the first callback; a failure is in the log and tried again then.</summary>
    public Task Warm(CancellationToken cancellation) => _keys?.Warm(cancellation) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        _keys?.Dispose();
        _http.Dispose();
    }

    private static IApproverDirectory Directory(TeamsOptions options, HttpClient http, IAccessTokens tokens, TimeProvider clock, ILoggerFactory logs) =>
        options.Approvers.Source == ApproverSource.Graph
            ? new GraphApprovers(options.Approvers, http, tokens, clock, logs.CreateLogger<GraphApprovers>())
            : new ListedApprovers(options.Approvers.Listed);

    private static ICardChannel? Channel(TeamsOptions options, ChannelCalls calls, IAccessTokens tokens) =>
        options.Bot is { } bot ? new BotChannel(options, bot, calls, tokens)
        : options.Workflow is { } flow ? new WorkflowChannel(flow, calls)
        : null;

    // A nonce must not be guessed; a version 4 UUID of the platform's is not promised to be.
    private static Guid NewId() => new(RandomNumberGenerator.GetBytes(16));
}
