namespace Governance.Teams.Cab;

/// <summary>What buttons ask for.</summary>
internal static class CardVerbs
{
    internal const string Approve = "cab.approve";
    internal const string ApproveWithConditions = "cab.approveWithConditions";
    internal const string Reject = "cab.reject";

    /// <summary>Shows the card as it stands; changes nothing.</summary>
    internal const string Refresh = "cab.refresh";
}
