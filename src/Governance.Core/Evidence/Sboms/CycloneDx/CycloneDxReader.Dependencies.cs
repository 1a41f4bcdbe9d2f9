using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Sboms.CycloneDx;

/// <content>The dependency list. An entry without <c>dependsOn</c> says "none"; a component without an entry says nothing.</content>
internal sealed partial class CycloneDxReader
{
    private readonly HashSet<string> _dependencies = new(StringComparer.Ordinal);
    private readonly DistinctItems _distinctDependencies = new();
    private int _edges;

    private void Dependencies(ref JsonCursor json)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextItem())
        {
            var start = json.Start;
            if (!json.EnterObject())
            {
                continue;
            }

            string? reference = null;
            var stated = false;
            while (json.NextProperty())
            {
                CycloneDxWords.WarnIfUnknown(ref json, CycloneDxWords.Dependency, _minor);
                switch (json.Name)
                {
                    case "ref":
                        stated = true;
                        reference = json.Identifier();
                        if (reference is not null)
                        {
                            _references.Use(reference, ref json);
                        }

                        break;
                    case "dependsOn" or "provides":
                        Targets(ref json, counted: json.Name == "dependsOn");
                        break;
                }
            }

            if (reference is null)
            {
                if (!stated)
                {
                    json.Error("needs a ref");
                }
            }
            else if (!_distinctDependencies.Add(reference, json.Since(start)))
            {
                json.Error("is the same as an entry before it");
            }
            else if (!_dependencies.Add(reference))
            {
                json.Warn($"{Shown.Quoted(reference)} has an entry already; both count");
            }
        }
    }

    private void Targets(ref JsonCursor json, bool counted)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextItem())
        {
            if (json.Identifier() is not { } target)
            {
                continue;
            }

            _references.Use(target, ref json);
            _edges += counted ? 1 : 0;
            if (_edges > EvidenceLimits.Edges)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.Edges} dependencies");
            }
        }
    }
}
