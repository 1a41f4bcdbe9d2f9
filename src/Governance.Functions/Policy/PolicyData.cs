using Governance.Core.Policy;
using Governance.Core.Rollout;

namespace Governance.Functions.Policy;

/// <summary>The versioned data that decides: the active risk model, policy set and gates.</summary>
internal sealed record PolicyData(RiskModel Model, PolicySet Set, PromotionGates Gates);
