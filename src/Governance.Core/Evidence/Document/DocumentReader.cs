using System.Buffers;
using System.Text.Json;
using Governance.Core.Evidence.Attestations;
using Governance.Core.Evidence.Json;
using Governance.Core.Evidence.Sboms;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Evidence.Document;

/// <summary>Reads one evidence document.</summary>
internal sealed partial class DocumentReader(CancellationToken cancellation)
{
    private readonly ProblemLog _problems = new();
    private readonly List<EvidenceFileReference> _files = [];
    private readonly List<ScanReport> _scans = [];
    private readonly List<TestFacts> _tests = [];
    private readonly List<ReadVex> _vex = [];
    private readonly List<Provenance> _provenance = [];
    private SbomDocument? _sbom;

    public EvidenceParsing Read(ReadOnlySequence<byte> utf8)
    {
        if (utf8.Length > EvidenceLimits.InlineBytes)
        {
            _problems.TooLarge("$", $"has more than {EvidenceLimits.InlineBytes} bytes; upload large files and name them by sha256");
            return new(null, _problems.ToProblems());
        }

        var document = new EvidenceDocument();
        JsonText.Read(utf8, "$", _problems, (ref json) => document = Parts(ref json), nullIsAbsent: true, cancellation);
        if (_files.Count > EvidenceLimits.PackFiles)
        {
            _problems.TooLarge("$", $"names more than {EvidenceLimits.PackFiles} files");
        }

        var problems = _problems.ToProblems();
        return new(problems.Accepted ? WithLists(document) : null, problems);
    }

    private EvidenceDocument WithLists(EvidenceDocument document) => document with
    {
        Files = [.. _files],
        Sbom = _sbom,
        Scans = [.. _scans],
        Tests = [.. _tests],
        Vex = [.. _vex],
        Provenance = [.. _provenance],
    };

    private EvidenceDocument Parts(ref JsonCursor json)
    {
        var read = new EvidenceDocument();
        if (!json.EnterObject())
        {
            return read;
        }

        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "artifact":
                    read = read with { Artifact = ArtifactPart.Read(ref json) };
                    break;
                case "install":
                    read = read with { Install = InstallPart.Read(ref json) };
                    break;
                case "signature":
                    read = read with { Signature = ClaimParts.Signature(ref json) };
                    break;
                case "behaviour":
                    read = read with { Behaviour = ClaimParts.Behaviour(ref json) };
                    break;
                case "lab_results":
                    read = read with { LabResults = PlanParts.LabResults(ref json) };
                    break;
                case "rollout_plan":
                    read = read with { HasRolloutPlan = PlanParts.HasRolloutPlan(ref json) };
                    break;
                case "rollback_plan":
                    read = read with { RollbackPlan = PlanParts.RollbackPlan(ref json) };
                    break;
                case "build_info":
                    read = read with { BuildInfo = PlanParts.BuildInfo(ref json) };
                    break;
                case "sbom":
                    Sbom(ref json);
                    break;
                case "scan_results":
                    OneOrMany(ref json, Scan);
                    break;
                case "provenance":
                    OneOrMany(ref json, Provenance);
                    break;
                case "vex":
                    OneOrMany(ref json, Vex);
                    break;
                case "tests":
                    OneOrMany(ref json, Test);
                    break;
            }
        }

        return read;
    }

    /// <summary>A part that is one value or an array of such.</summary>
    private static void OneOrMany(ref JsonCursor json, JsonBody each)
    {
        if (json.Kind != JsonTokenType.StartArray)
        {
            each(ref json);
            return;
        }

        json.EnterArray();
        var items = 0;
        while (json.NextItem())
        {
            if (++items > EvidenceLimits.PackFiles)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.PackFiles} entries");
            }

            each(ref json);
        }
    }
}
