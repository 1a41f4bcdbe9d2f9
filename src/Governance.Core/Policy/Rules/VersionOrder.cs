namespace Governance.Core.Policy.Rules;

/// <summary>
/// One order for versions of all ecosystems: number by number, with pre-release words before and other words after the
/// release itself. Build metadata after a plus sign doesn't count; missing numbers are zeros; an epoch (<c>1:</c>) weighs most.
/// </summary>
internal static class VersionOrder
{
    private const int PreRelease = -1, Release = 0, AfterRelease = 1, Number = 2;

    private static readonly HashSet<string> PreReleaseWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "a", "alpha", "b", "beta", "c", "canary", "cr", "dev", "ea", "m", "milestone", "next", "nightly", "pre", "preview", "rc", "snapshot",
    };

    private static readonly HashSet<string> ReleaseWords = new(StringComparer.OrdinalIgnoreCase) { "final", "ga", "release" };

    /// <summary>Negative where the left is older, 0 where they are equal, positive where it is newer.</summary>
    public static int Compare(string left, string right)
    {
        var (leftEpoch, leftRest) = Epoch(left);
        var (rightEpoch, rightRest) = Epoch(right);
        var byEpoch = CompareNumbers(leftEpoch, rightEpoch);
        return byEpoch != 0 ? byEpoch : CompareParts(new(leftRest), new(rightRest));
    }

    private static int CompareParts(Parts left, Parts right)
    {
        while (true)
        {
            var leftPart = left.Next();
            var rightPart = right.Next();
            if (leftPart.IsEmpty && rightPart.IsEmpty)
            {
                return 0;
            }

            var (leftKind, rightKind) = (KindOf(leftPart), KindOf(rightPart));
            var order = (leftKind, rightKind) switch
            {
                (Release, Release) => 0,
                (Number, Number) => CompareNumbers(leftPart, rightPart),
                _ when leftKind != rightKind => leftKind.CompareTo(rightKind),
                _ => leftPart.CompareTo(rightPart, StringComparison.OrdinalIgnoreCase),
            };
            if (order != 0)
            {
                return Math.Sign(order);
            }
        }
    }

    // The end of a version stands for zeros and for the release itself: 1.0 = 1.0.0 = 1.0-final, 1.0-rc1 < 1.0 < 1.0-sp1.
    private static int KindOf(ReadOnlySpan<char> part)
    {
        if (part.IsEmpty || part.TrimStart('0').IsEmpty)
        {
            return Release;
        }

        if (char.IsAsciiDigit(part[0]))
        {
            return Number;
        }

        return PreReleaseWords.GetAlternateLookup<ReadOnlySpan<char>>().Contains(part) ? PreRelease
            : ReleaseWords.GetAlternateLookup<ReadOnlySpan<char>>().Contains(part) ? Release
            : AfterRelease;
    }

    private static int CompareNumbers(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        left = left.TrimStart('0');
        right = right.TrimStart('0');
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : Math.Sign(left.SequenceCompareTo(right));
    }

    private static (string Epoch, string Body) Epoch(string version)
    {
        var trimmed = version.Trim();
        var colon = trimmed.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && trimmed.AsSpan(0, colon).IndexOfAnyExceptInRange('0', '9') < 0
            ? (trimmed[..colon], trimmed[(colon + 1)..])
            : ("0", trimmed);
    }

    // Runs of digits and runs of letters; everything else only parts them.
    private ref struct Parts(string version)
    {
        private ReadOnlySpan<char> _rest = Body(version);

        public ReadOnlySpan<char> Next()
        {
            var start = 0;
            while (start < _rest.Length && !char.IsLetterOrDigit(_rest[start]))
            {
                start++;
            }

            var end = start;
            while (end < _rest.Length && char.IsLetterOrDigit(_rest[end]) && char.IsAsciiDigit(_rest[end]) == char.IsAsciiDigit(_rest[start]))
            {
                end++;
            }

            var part = _rest[start..end];
            _rest = _rest[end..];
            return part;
        }

        private static ReadOnlySpan<char> Body(string version)
        {
            var plus = version.IndexOf('+', StringComparison.Ordinal);
            var body = plus > 0 ? version.AsSpan(0, plus) : version;
            return body is ['v' or 'V', >= '0' and <= '9', ..] ? body[1..] : body;
        }
    }
}
