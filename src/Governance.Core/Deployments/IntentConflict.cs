namespace Governance.Core.Deployments;

/// <summary>What a repeated or colliding intent gets, by the deployment that has its id already (architecture.md, "Ids and idempotency").</summary>
public abstract record IntentAnswer
{
    private IntentAnswer()
    {
    }

    /// <summary>The intent is this deployment: answer with it.</summary>
    public sealed record Same : IntentAnswer;

    /// <summary>The deployment has ended and the caller means a new one: try the next attempt's id.</summary>
    /// <param name="Attempt">The attempt to try.</param>
    public sealed record TryAgain(int Attempt) : IntentAnswer;

    /// <summary>Neither.</summary>
    public sealed record Refused(Refusal Reason) : IntentAnswer;
}

/// <summary>Decides between a repeat, another attempt and a conflict.</summary>
public static class IntentConflict
{
    /// <param name="id">The id both have.</param>
    /// <param name="existing">Who has the id.</param>
    /// <param name="asked">Who wants it.</param>
    /// <returns>In this order: the caller's key with an equal body is a repeat, with another body a reused key; a live one must agree in scope, connector and submitter; an ended one is tried again only under a new key.</returns>
    public static IntentAnswer Decide(CorrelationId id, DeploymentState existing, DeploymentRequest asked)
    {
        var known = existing.Request;
        var equalBody = known.RequestDigest == asked.RequestDigest;
        var sameKey = asked.IdempotencyKey is { } key && known.Submitter == asked.Submitter && known.IdempotencyKey == key;

        return asked switch
        {
            { NaturalKey: false } => equalBody && known.Submitter == asked.Submitter ? new IntentAnswer.Same() : new IntentAnswer.Refused(new DeploymentExists(id)),
            _ when sameKey => equalBody ? new IntentAnswer.Same() : new IntentAnswer.Refused(new IdempotencyKeyReused()),
            _ when !existing.Status.HasEnded() && Agrees(known, asked) => new IntentAnswer.Same(),
            _ when !existing.Status.HasEnded() => new IntentAnswer.Refused(new DeploymentExists(id)),
            { IdempotencyKey: not null } => new IntentAnswer.TryAgain(known.Attempt + 1),
            _ => new IntentAnswer.Same(),
        };
    }

    private static bool Agrees(DeploymentRequest known, DeploymentRequest asked) =>
        known.Scope == asked.Scope && known.Connector == asked.Connector && known.Submitter == asked.Submitter;
}
