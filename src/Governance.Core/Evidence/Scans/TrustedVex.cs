using Governance.Core.Evidence.Sboms;

namespace Governance.Core.Evidence.Scans;

/// <summary>The VEX documents and authors that may set findings aside.</summary>
internal sealed class TrustedVex
{
    private readonly List<(VexDocument Document, VexStatement Statement)> _statements = [];
    private readonly EvidenceTrust _trust;
    private readonly Digest? _artifact;

    /// <param name="artifact">The pack's artifact, which statements may name by digest.</param>
    public TrustedVex(IEnumerable<VexDocument> documents, EvidenceTrust trust, Digest? artifact)
    {
        _trust = trust;
        _artifact = artifact;
        foreach (var document in documents)
        {
            if (document.SignedBy is not null || trust.AllowsVexOf(document.Author))
            {
                _statements.AddRange(document.Statements.Select(s => (document, s)));
            }
        }
    }

    public void AddAliases(AliasSets aliases)
    {
        foreach (var (_, statement) in _statements)
        {
            aliases.Add(statement.Id, statement.Aliases);
        }
    }

    /// <summary>The statements by the id that stands for their vulnerability.</summary>
    public Lookup By(AliasSets aliases) => new(this, _statements.ToLookup(s => aliases.Representative(s.Statement.Id), StringComparer.Ordinal));

    /// <summary>Statements ready to be asked.</summary>
    public sealed class Lookup(TrustedVex owner, ILookup<string, (VexDocument Document, VexStatement Statement)> byId)
    {
        /// <summary>
        /// What sets a merged finding aside; null where it stays open. The latest statement that covers it decides, of two at the same time the more severe.
        /// Without any, what the reports say of their own finding decides, if all of them agree and their authors are trusted.
        /// </summary>
        public VexClaim? Settle(string id, PackageIdentity package, SbomRoot? root, IReadOnlyList<ReportClaim> own)
        {
            VexClaim? latest = null;
            DateTimeOffset latestAt = default;
            foreach (var (document, statement) in byId[id])
            {
                if (owner.Says(statement, package, root) is not { } claim)
                {
                    continue;
                }

                var at = statement.At ?? document.Timestamp ?? DateTimeOffset.MinValue;
                if (latest is null || at > latestAt || (at == latestAt && claim.Status > latest.Status))
                {
                    (latest, latestAt) = (claim, at);
                }
            }

            if (latest is not null)
            {
                return latest.Suppresses ? latest : null;
            }

            return own.All(c => c.Claim is { Suppresses: true } && owner._trust.AllowsVexOf(c.Author)) ? own.MaxBy(c => c.Claim!.Status)!.Claim : null;
        }
    }

    /// <summary>What a statement says about a package; null where it is about something else.</summary>
    private VexClaim? Says(VexStatement statement, PackageIdentity package, SbomRoot? root)
    {
        foreach (var product in statement.Products)
        {
            // A package named as the product itself.
            if (product.Matches(package) && statement.Parts.IsEmpty)
            {
                return Versioned(statement, package.Version);
            }

            // The app named as the product; its parts narrow the statement.
            var isApp = (root is not null && product.Matches(root.Package)) || (product.Sha256 is { } digest && digest == _artifact);
            if (isApp && (statement.Parts.IsEmpty || statement.Parts.Any(p => p.Matches(package))))
            {
                return Versioned(statement, root?.Version);
            }
        }

        return null;
    }

    // "Fixed" holds for the version it names; without one it would be fixed somewhere else.
    private static VexClaim? Versioned(VexStatement statement, string? version) => statement.Versions.Of(version) switch
    {
        null => null,
        VersionStatus.Unaffected => new(VexStatus.NotAffected, "this version is listed as unaffected"),
        _ when statement.Claim is { Status: VexStatus.Fixed } && !statement.NamesVersion => new(VexStatus.UnderInvestigation, null),
        _ => statement.Claim,
    };
}
