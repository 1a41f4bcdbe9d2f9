using Azure.Core;
using Governance.Storage.Outbox;
using Governance.Storage.Vault;

namespace Governance.Storage.Hosting;

/// <summary>Which account is used, under which names, and how much of it.</summary>
public sealed record StorageOptions
{
    /// <summary>A connection string with a key, or <c>UseDevelopmentStorage=true</c>; null where <see cref="AccountName"/> is given.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>The account that <see cref="Credential"/> signs in to; null where <see cref="ConnectionString"/> is given.</summary>
    public string? AccountName { get; init; }

    /// <summary>The account of the blobs, where it is another one, for example under an immutability policy; null: <see cref="AccountName"/>.</summary>
    public string? EvidenceAccountName { get; init; }

    /// <summary>The account of the queues, where it is another one: that of the Functions host; null: <see cref="AccountName"/>.</summary>
    public string? QueueAccountName { get; init; }

    /// <summary>A managed identity or another token source; needed with <see cref="AccountName"/>.</summary>
    public TokenCredential? Credential { get; init; }

    /// <summary>The cloud's domain.</summary>
    public string EndpointSuffix { get; init; } = "core.windows.net";

    /// <summary>
    /// In front of every table's, container's and queue's name, so that several installations or tests share an account: lower-case letters and
    /// digits, a letter first, at most 30, or empty.
    /// </summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>How follow-up work is dispatched.</summary>
    public OutboxOptions Outbox { get; init; } = new();

    /// <summary>Sizes and times of uploads.</summary>
    public UploadLimits Uploads { get; init; } = new();

    /// <summary>How much stored JSON of evidence packs is kept in memory, bytes.</summary>
    public long PackCacheBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Retries after the first try, 0 or more; each waits longer, 0.2 s to 5 s.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>How long one try may take.</summary>
    public TimeSpan TryTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <returns>What is wrong with the options, a sentence each; empty where nothing is.</returns>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if ((ConnectionString is null) == (AccountName is null))
        {
            problems.Add("Storage needs either a connection string or an account name.");
        }

        if (AccountName is null && (EvidenceAccountName ?? QueueAccountName) is not null)
        {
            problems.Add("An account for evidence or queues needs an account name for the tables.");
        }

        if (AccountName is not null && Credential is null)
        {
            problems.Add("A storage account by name needs a credential.");
        }

        if (Prefix.Length > 30 || Prefix.Any(character => !char.IsAsciiLetterLower(character) && !char.IsAsciiDigit(character)) || (Prefix.Length > 0 && char.IsAsciiDigit(Prefix[0])))
        {
            problems.Add("The storage prefix is at most 30 lower-case letters and digits, a letter first.");
        }

        return problems;
    }
}
