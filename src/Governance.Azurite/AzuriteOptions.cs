namespace Governance.Azurite;

/// <summary>How the emulator is to run.</summary>
public sealed record AzuriteOptions
{
    /// <summary>The folder that holds package.json and its lock file; null: <c>src/Governance.Azurite/npm</c> of the checkout that the program was built in.</summary>
    public string? PackageFolder { get; init; }

    /// <summary>Where it keeps its data, made if absent; null: in memory, gone when it ends.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Port of the blob service, 1 to 65,535; 0: a free one.</summary>
    public int BlobPort { get; init; }

    /// <summary>Port of the queue service, 1 to 65,535; 0: a free one.</summary>
    public int QueuePort { get; init; }

    /// <summary>Port of the table service, 1 to 65,535; 0: a free one.</summary>
    public int TablePort { get; init; }

    /// <summary>One process for each service, so that more than one core is used; for load runs.</summary>
    public bool SeparateProcesses { get; init; }

    /// <summary>How long to wait until every service answers.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Takes one line for people whenever something slow begins, such as the installation.</summary>
    public Action<string>? Progress { get; init; }
}
