namespace Governance.Local.Storage;

/// <summary>How storage misbehaves now: of all requests the share, 0 to 1, that meets each trouble. The shares together are at most 1.</summary>
internal sealed record StorageFaults
{
    /// <summary>Storage as it is.</summary>
    public static readonly StorageFaults None = new();

    /// <summary>Dropped before anything is done.</summary>
    public double Dropped { get; init; }

    /// <summary>Answered with 503 ServerBusy; nothing is done.</summary>
    public double Busy { get; init; }

    /// <summary>Carried out; the connection ends before the answer.</summary>
    public double LostReplies { get; init; }

    /// <summary>Carried out; answered after <see cref="LateBy"/>.</summary>
    public double Late { get; init; }

    /// <summary>Longer than the app's own time-out for one try, which is 10 s.</summary>
    public TimeSpan LateBy { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>Carried out twice, one right behind the other; the first answer is given.</summary>
    public double Doubled { get; init; }

    /// <summary>What a request meets.</summary>
    /// <param name="chance">0 to just below 1.</param>
    public StorageTrouble At(double chance)
    {
        foreach (var (share, trouble) in new[]
        {
            (Dropped, StorageTrouble.Dropped), (Busy, StorageTrouble.Busy), (LostReplies, StorageTrouble.LostReply), (Late, StorageTrouble.Late), (Doubled, StorageTrouble.Doubled),
        })
        {
            if (chance < share)
            {
                return trouble;
            }

            chance -= share;
        }

        return StorageTrouble.None;
    }
}

/// <summary>What one request meets.</summary>
internal enum StorageTrouble
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Dropped before anything is done.</summary>
    Dropped,

    /// <summary>503 ServerBusy.</summary>
    Busy,

    /// <summary>Carried out, never answered.</summary>
    LostReply,

    /// <summary>Carried out, answered too late.</summary>
    Late,

    /// <summary>Carried out twice.</summary>
    Doubled,
}
