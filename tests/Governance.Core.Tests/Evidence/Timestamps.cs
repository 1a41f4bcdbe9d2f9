using Governance.Core.Evidence;

namespace Governance.Core.Tests.Evidence;

public sealed class Timestamps
{
    [Theory]
    [InlineData("2025-01-31T12:00:00Z", "2025-01-31T12:00:00.0000000+00:00")]
    [InlineData("2025-01-31t12:00:00z", "2025-01-31T12:00:00.0000000+00:00")]
    [InlineData("2025-01-31T12:00:00+02:00", "2025-01-31T10:00:00.0000000+00:00")]
    [InlineData("2025-01-31T12:00:00-05:30", "2025-01-31T17:30:00.0000000+00:00")]
    [InlineData("2024-10-28T15:33:51.265546208Z", "2024-10-28T15:33:51.2655462+00:00")]
    [InlineData("2024-02-29T00:00:00.1Z", "2024-02-29T00:00:00.1000000+00:00")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.0000000+00:00")]
    public void A_full_date_and_time_with_zone_is_taken(string text, string utc)
    {
        Assert.True(Rfc3339.TryParse(text, out var value));
        Assert.Equal(utc, value.ToString("O"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2025-01-31")]
    [InlineData("2025-01-31T12:00:00")]
    [InlineData("2025-01-31 12:00:00Z")]
    [InlineData("2025-01-31T12:00Z")]
    [InlineData("2025-02-29T12:00:00Z")]
    [InlineData("2025-13-01T12:00:00Z")]
    [InlineData("2025-01-31T24:00:00Z")]
    [InlineData("2025-01-31T12:60:00Z")]
    [InlineData("2025-01-31T12:00:61Z")]
    [InlineData("2025-01-31T12:00:00.Z")]
    [InlineData("2025-01-31T12:00:00+2:00")]
    [InlineData("2025-01-31T12:00:00+24:00")]
    [InlineData("0001-01-01T00:00:00+02:00")]
    [InlineData("9999-12-31T23:59:60-02:00")]
    [InlineData("20250-01-31T12:00:00Z")]
    [InlineData("２０２５-01-31T12:00:00Z")]
    public void Anything_else_is_refused(string? text) => Assert.False(Rfc3339.TryParse(text, out _));
}
