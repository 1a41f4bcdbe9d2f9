using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Document;

/// <summary><c>$.signature</c> and <c>$.behaviour</c>: what the pipeline says and nobody here can check.</summary>
internal static class ClaimParts
{
    public static SignatureFacts? Signature(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var facts = new SignatureFacts(null, null, null, null);
        while (json.NextProperty())
        {
            facts = json.Name switch
            {
                "status" => facts with { Status = json.Word<SignatureStatus>() },
                "publisher" => facts with { Publisher = json.OptionalIdentifier() },
                "known_vendor" => facts with { KnownVendor = json.Flag() },
                "timestamped" => facts with { Timestamped = json.Flag() },
                _ => facts,
            };
        }

        return facts;
    }

    public static BehaviourFacts? Behaviour(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var facts = new BehaviourFacts(null, null, null, null);
        while (json.NextProperty())
        {
            facts = json.Name switch
            {
                "listener" => facts with { Listener = json.Word<ListenerKind>() },
                "scripting" => facts with { Scripting = json.Flag() },
                "data_access" => facts with { DataAccess = json.Word<DataAccess>() },
                "tool_category" => facts with { ToolCategory = json.Word<ToolCategory>() },
                _ => facts,
            };
        }

        return facts;
    }
}
