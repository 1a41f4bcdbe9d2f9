using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Document;

/// <summary><c>$.lab_results</c>, <c>$.rollout_plan</c>, <c>$.rollback_plan</c> and <c>$.build_info</c>.</summary>
internal static class PlanParts
{
    private const long MostDevices = 100_000_000;
    private const int MostHours = 24 * 365;
    private const int UrlBytes = 2048;

    public static LabResults? LabResults(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var before = json.ErrorCount;
        long? targeted = null, succeeded = null, failed = null, pending = 0, notApplicable = 0, hours = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "targeted":
                    targeted = json.Integer(0, MostDevices);
                    break;
                case "succeeded":
                    succeeded = json.Integer(0, MostDevices);
                    break;
                case "failed":
                    failed = json.Integer(0, MostDevices);
                    break;
                case "pending":
                    pending = json.Integer(0, MostDevices) ?? 0;
                    break;
                case "not_applicable":
                    notApplicable = json.Integer(0, MostDevices) ?? 0;
                    break;
                case "observed_hours":
                    hours = json.Integer(0, MostHours);
                    break;
            }
        }

        if (json.ErrorCount > before)
        {
            return null;
        }

        if (targeted is null || succeeded is null || failed is null || hours is null)
        {
            json.Error("needs targeted, succeeded, failed and observed_hours");
            return null;
        }

        if (succeeded + failed + pending + notApplicable > targeted)
        {
            json.Error("reports more devices than were targeted");
            return null;
        }

        return new(targeted.Value, succeeded.Value, failed.Value, pending.Value, notApplicable.Value, (int)hours.Value);
    }

    /// <summary>A text that is not blank, or an object that is not empty.</summary>
    public static bool HasRolloutPlan(ref JsonCursor json)
    {
        if (json.Kind == JsonTokenType.String)
        {
            return !string.IsNullOrWhiteSpace(json.Text());
        }

        if (json.Kind != JsonTokenType.StartObject)
        {
            if (!json.IsNull())
            {
                json.Error("must be a text or an object");
            }

            return false;
        }

        var any = false;
        json.EnterObject();
        while (json.NextProperty())
        {
            any = true;
        }

        return any;
    }

    public static RollbackPlanFacts? RollbackPlan(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var facts = new RollbackPlanFacts(null, null, null, null);
        while (json.NextProperty())
        {
            facts = json.Name switch
            {
                "target_version" => facts with { TargetVersion = json.OptionalIdentifier() },
                "validated_at" => facts with { ValidatedAt = json.Timestamp() },
                "validated_by" => facts with { ValidatedBy = json.OptionalIdentifier() },
                "result" => facts with { Result = Result(ref json) },
                _ => facts,
            };
        }

        return facts;
    }

    public static BuildInfoFacts? BuildInfo(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var facts = new BuildInfoFacts(null, null, null, null, null);
        while (json.NextProperty())
        {
            facts = json.Name switch
            {
                "builder" => facts with { Builder = json.OptionalIdentifier() },
                "commit" => facts with { Commit = json.OptionalIdentifier() },
                "run_url" => facts with { RunUrl = json.OptionalIdentifier(UrlBytes) },
                "timestamp" => facts with { Timestamp = json.Timestamp() },
                "requested_by_oid" => facts with { RequestedBy = Person(ref json) },
                _ => facts,
            };
        }

        return facts;
    }

    private static string? Result(ref JsonCursor json)
    {
        var result = json.OptionalIdentifier();
        if (result is null or "passed" or "failed")
        {
            return result;
        }

        json.Error("must be passed or failed");
        return null;
    }

    private static PersonId? Person(ref JsonCursor json)
    {
        if (json.OptionalIdentifier() is not { } text)
        {
            return null;
        }

        if (PersonId.TryParse(text, null, out var person))
        {
            return person;
        }

        json.Error("must be the object id of a person, a UUID");
        return null;
    }
}
