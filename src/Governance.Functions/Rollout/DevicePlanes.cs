using System.Collections.Frozen;
using Governance.Core.Deployments;
using Governance.Core.Rollout;

namespace Governance.Functions.Rollout;

/// <summary>The planes that this app can publish to, by name.</summary>
internal sealed class DevicePlanes(IEnumerable<IDevicePlane> planes)
{
    private readonly FrozenDictionary<string, IDevicePlane> _byName = planes.ToFrozenDictionary(plane => plane.Name, StringComparer.Ordinal);

    /// <summary>Their names, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _byName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The plane of this name; null where there is none.</summary>
    public IDevicePlane? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The plane that a deployment is published to.</summary>
    /// <exception cref="InvalidOperationException">It is not configured any more: an intent for an unknown plane is refused.</exception>
    public IDevicePlane Of(DeploymentState state) =>
        Find(state.Request.Connector) ?? throw new InvalidOperationException($"The plane {state.Request.Connector} of deployment {state.Id} is not configured.");
}
