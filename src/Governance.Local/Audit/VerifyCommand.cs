namespace Governance.Local.Audit;

/// <summary><c>verify bundle.zip [--anchor file]</c>: checks an audit bundle offline.</summary>
internal static class VerifyCommand
{
    /// <returns>0 where everything holds, 1 where something was altered, left out or added, 2 where the question cannot be answered.</returns>
    internal static async Task<int> Run(string bundle, string? anchor, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        BundleReport report;
        try
        {
            var outside = anchor is null ? null : await File.ReadAllBytesAsync(anchor, cancellation);
            var zip = File.OpenRead(bundle);
            await using (zip)
            {
                report = await BundleVerifier.Verify(zip, outside, cancellation);
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"Cannot check {bundle}: {unreadable.Message}");
            return 2;
        }

        foreach (var held in report.Held)
        {
            await output.WriteLineAsync($"  holds    {held}");
        }

        foreach (var flaw in report.Flaws)
        {
            await output.WriteLineAsync($"  ALTERED  {flaw.Where}: {flaw.What}");
        }

        foreach (var note in report.Notes)
        {
            await output.WriteLineAsync($"  note     {note}");
        }

        if (report is { Flaws.Count: 0, Unanswered: { } unanswered })
        {
            await errors.WriteLineAsync(unanswered);
            return 2;
        }

        await output.WriteLineAsync(report.Flaws.Count == 0 ? "The bundle holds." : $"The bundle does NOT hold: {report.Flaws.Count} finding{(report.Flaws.Count == 1 ? string.Empty : "s")}.");
        return report.Flaws.Count == 0 ? 0 : 1;
    }
}
