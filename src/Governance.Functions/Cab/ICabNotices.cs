using Governance.Core.Cab;
using Governance.Core.Deployments;

namespace Governance.Functions.Cab;

/// <summary>Tells people what the CAB is asked and what is due. A channel that does not answer is no fault of the caller: the notice is kept and brought later, or the log says that it was lost.</summary>
internal interface ICabNotices
{
    /// <summary>Shows a request, or what became of it; once it is escalated, to the backup group too. Safe to repeat.</summary>
    Task Show(DeploymentState state, CardRequest card, CancellationToken cancellation);

    /// <summary>Reminds the approvers of a request that is still open.</summary>
    Task Remind(DeploymentState state, CancellationToken cancellation);

    /// <summary>Says that the review of an emergency approval is open: called anew until it is done.</summary>
    Task ReviewDue(DeploymentState state, CancellationToken cancellation);

    /// <summary>Warns that an approved exception ends soon.</summary>
    Task ExceptionEnds(ExceptionSummary exception, CancellationToken cancellation);
}
