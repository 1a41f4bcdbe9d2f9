namespace Governance.Local.Teams;

/// <summary>The simulated tenant's Teams.</summary>
internal sealed record SimulatedTeamsOptions
{
    /// <summary>The tenant.</summary>
    public Guid TenantId { get; init; } = Functions.SignIn.SignInSettings.DevelopmentTenant;

    /// <summary>The bot's app id.</summary>
    public Guid BotId { get; init; } = new("b0700000-0000-4000-8000-000000000001");

    /// <summary>The CAB's channel.</summary>
    public string ChannelId { get; init; } = "19:cab@thread.tacv2";

    /// <summary>The backup group's channel.</summary>
    public string BackupChannelId { get; init; } = "19:backup@thread.tacv2";

    /// <summary>The API's service principal.</summary>
    public Guid ResourceId { get; init; } = new("a9900000-0000-4000-8000-000000000001");

    /// <summary>The app role CabApprover.</summary>
    public Guid RoleId { get; init; } = new("a9900000-0000-4000-8000-000000000002");

    /// <summary>The people of the tenant.</summary>
    public IReadOnlyList<SimulatedPerson> People { get; init; } =
    [
        new(new("22222222-2222-4222-8222-222222222222"), "Dana Ruiz"),
        new(new("33333333-3333-4333-8333-333333333333"), "Mei Tan"),
        new(new("44444444-4444-4444-8444-444444444444"), "Pat Visitor") { Guest = true },
        new(new("55555555-5555-4555-8555-555555555555"), "Sam Reader") { Approver = false },
        new(new("11111111-1111-4111-8111-111111111111"), "Alex Publisher"),
    ];

    /// <summary>Whether people who are not listed are members with the approver's role: development tokens are given to any id.</summary>
    public bool OthersApprove { get; init; } = true;
}

/// <summary>One person.</summary>
/// <param name="ObjectId">In Entra.</param>
/// <param name="Name">Shown.</param>
internal sealed record SimulatedPerson(Guid ObjectId, string Name)
{
    /// <summary>Has the approver's role.</summary>
    public bool Approver { get; init; } = true;

    /// <summary>A guest of the tenant.</summary>
    public bool Guest { get; init; }

    /// <summary>The account is enabled.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>As the bot knows them.</summary>
    public string TeamsId => $"29:{ObjectId:N}";
}
