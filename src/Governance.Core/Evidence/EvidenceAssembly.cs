using System.Buffers;
using Governance.Core.Evidence.Attestations;
using Governance.Core.Evidence.Json;
using Governance.Core.Evidence.Sboms;
using Governance.Core.Evidence.Scans;
using Governance.Core.Evidence.TestReports;

namespace Governance.Core.Evidence;

/// <summary>
/// Brings a pack together: the inline document, then each file that it names, then the facts. Pure: bytes are handed in one file at a time,
/// so that no more than one has to be in memory. Not safe for use by several threads.
/// </summary>
public sealed class EvidenceAssembly
{
    private readonly EvidenceDocument _document;
    private readonly ProblemLog _problems = new();
    private readonly List<ScanReport> _scans;
    private readonly List<TestFacts> _tests;
    private readonly List<ReadVex> _vex;
    private readonly List<Provenance> _provenance;
    private readonly HashSet<EvidenceFileReference> _awaited;
    private SbomDocument? _sbom;
    private long _bytes;

    /// <summary>Starts with the inline document.</summary>
    /// <param name="document">As it was parsed, without errors.</param>
    public EvidenceAssembly(EvidenceDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        _document = document;
        _scans = [.. document.Scans];
        _tests = [.. document.Tests];
        _vex = [.. document.Vex];
        _provenance = [.. document.Provenance];
        _sbom = document.Sbom;
        _awaited = [.. document.Files];
    }

    /// <summary>Reads one file that the document names; what is wrong with it is told by <see cref="Complete"/>.</summary>
    /// <param name="file">One of the document's <see cref="EvidenceDocument.Files"/>.</param>
    /// <param name="bytes">The file's content, whose digest the caller has verified.</param>
    /// <param name="cancellation">Ends a long reading with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The document does not name the file, or it was added before.</exception>
    public void Add(EvidenceFileReference file, ReadOnlySequence<byte> bytes, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!_awaited.Remove(file))
        {
            throw new ArgumentException($"{file.Path} is not awaited.", nameof(file));
        }

        var most = file.Kind is EvidenceFileKind.Sbom or EvidenceFileKind.Scan ? EvidenceLimits.FileBytes : EvidenceLimits.SmallFileBytes;
        _bytes += bytes.Length;
        if (bytes.Length > most || _bytes > EvidenceLimits.PackBytes)
        {
            _problems.TooLarge(file.Path, bytes.Length > most ? $"has more than {most} bytes" : $"brings the pack above {EvidenceLimits.PackBytes} bytes");
            return;
        }

        Read(file, bytes, cancellation);
    }

    /// <summary>Makes the facts once all files were added.</summary>
    /// <param name="pack">What the store knows of the pack.</param>
    /// <param name="trust">Whose signatures and statements count.</param>
    /// <returns>The facts and their summaries, or the problems; a file that was never added is one.</returns>
    public EvidencePackReading Complete(EvidencePackIdentity pack, EvidenceTrust trust)
    {
        ArgumentNullException.ThrowIfNull(pack);
        ArgumentNullException.ThrowIfNull(trust);
        foreach (var file in _document.Files.Where(_awaited.Contains))
        {
            _problems.Error(file.Path, $"no verified upload has the digest {file.Sha256}");
        }

        if (_problems.ErrorCount > 0)
        {
            return new(null, null, null, _problems.ToProblems());
        }

        var statements = new TrustedVex(_vex.Select(v => v.Signed(trust)), trust, _document.Artifact?.Sha256);
        var scan = ScanOutcome.Of(_sbom, _scans, statements, pack.StoredAt);
        var facts = new EvidenceFacts
        {
            PackId = pack.PackId,
            PackDigest = pack.PackDigest,
            AppName = pack.AppName,
            Version = pack.Version,
            StoredAt = pack.StoredAt,
            StoredBy = pack.StoredBy,
            Artifact = _document.Artifact,
            Install = _document.Install,
            Signature = _document.Signature,
            Behaviour = _document.Behaviour,
            Sbom = _sbom?.Facts,
            Scan = scan?.Facts,
            Provenance = ProvenanceJudgement.Judge(_provenance, _document.Artifact?.Sha256, trust),
            Tests = _tests.Count == 0 ? null : new(_tests.Sum(t => t.Total), _tests.Sum(t => t.Passed), _tests.Sum(t => t.Failed), _tests.Sum(t => t.Skipped)),
            LabResults = _document.LabResults,
            HasRolloutPlan = _document.HasRolloutPlan,
            RollbackPlan = _document.RollbackPlan,
            BuildInfo = _document.BuildInfo,
        };
        return new(facts, _sbom?.Summarise(), scan?.Summary, _problems.ToProblems());
    }

    private void Read(EvidenceFileReference file, ReadOnlySequence<byte> bytes, CancellationToken cancellation)
    {
        var detected = EvidenceFormats.Detect(bytes);
        switch (file.Kind)
        {
            case EvidenceFileKind.Sbom:
                _sbom = SbomReader.Read(bytes, detected, file.Path, _problems, cancellation);
                break;
            case EvidenceFileKind.Scan:
                _scans.AddRange(ScanReader.Read(bytes, detected, file.Path, _problems, cancellation).Select(r => r.At(file.ScannedAt)));
                break;
            case EvidenceFileKind.Tests:
                _tests.AddIfRead(TestReader.Read(bytes, detected, file.Path, _problems, cancellation));
                break;
            case EvidenceFileKind.Vex:
                _vex.AddRange(VexReader.Read(bytes, detected, file.Path, _problems, cancellation));
                break;
            case EvidenceFileKind.Provenance:
                _provenance.AddRange(Attestations.Provenance.Of(AttestationReader.Read(bytes, file.Path, _problems, cancellation), _problems, cancellation));
                break;
        }
    }
}

/// <summary>What the store knows of a pack.</summary>
/// <param name="PackId">Its id.</param>
/// <param name="PackDigest">SHA-256 over its canonical manifest.</param>
/// <param name="AppName">The app that the evidence is about.</param>
/// <param name="Version">Its version.</param>
/// <param name="StoredAt">When it is stored, UTC.</param>
/// <param name="StoredBy">Who stores it.</param>
public sealed record EvidencePackIdentity(
    EvidencePackId PackId, Digest PackDigest, string AppName, string Version, DateTimeOffset StoredAt, PersonId StoredBy);

/// <summary>What came of reading a whole pack.</summary>
/// <param name="Facts">Null when there are errors.</param>
/// <param name="Sbom">Null without an SBOM.</param>
/// <param name="Scan">Null without any scan.</param>
/// <param name="Problems">Of the files; those of the inline document stand in its own <see cref="EvidenceParsing"/>.</param>
public sealed record EvidencePackReading(EvidenceFacts? Facts, SbomSummary? Sbom, ScanSummary? Scan, EvidenceProblems Problems);
