using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Sboms.Spdx;

/// <content>Relationships between elements.</content>
internal sealed partial class Spdx2Reader
{
    private void Relationships(ref JsonCursor json)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextItem())
        {
            if (++_relationships > EvidenceLimits.Edges)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.Edges} relationships");
            }

            if (!json.EnterObject())
            {
                continue;
            }

            string? from = null, type = null, to = null;
            while (json.NextProperty())
            {
                switch (json.Name)
                {
                    case "spdxElementId":
                        from = End(ref json);
                        break;
                    case "relationshipType":
                        type = json.Identifier();
                        break;
                    case "relatedSpdxElement":
                        to = End(ref json);
                        break;
                }
            }

            if (from is null || type is null || to is null)
            {
                json.Error("needs spdxElementId, relationshipType and relatedSpdxElement");
            }
            else if (!IsNobody(to))
            {
                Relate(from, type, to);
            }
        }
    }

    private void Relate(string from, string type, string to)
    {
        switch (type)
        {
            case "DESCRIBES":
                _graph.Describe(from, to);
                break;
            case "DESCRIBED_BY":
                _graph.Describe(to, from);
                break;
            case "DEPENDS_ON":
                _graph.Depend(from);
                break;
            case "DEPENDENCY_OF" or "BUILD_DEPENDENCY_OF" or "DEV_DEPENDENCY_OF" or "TEST_DEPENDENCY_OF" or "RUNTIME_DEPENDENCY_OF"
                or "OPTIONAL_DEPENDENCY_OF" or "PROVIDED_DEPENDENCY_OF":
                _graph.Depend(to);
                break;
        }
    }

    /// <summary>One end of a relationship: an element of this document, one of another document, or nobody.</summary>
    private string? End(ref JsonCursor json)
    {
        var end = json.Identifier();
        if (end is not null && !IsNobody(end) && !end.StartsWith("DocumentRef-", StringComparison.Ordinal))
        {
            _references.Use(end, ref json);
        }

        return end;
    }

    private static bool IsNobody(string end) => end is "NONE" or "NOASSERTION";
}
