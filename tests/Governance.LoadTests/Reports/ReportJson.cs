using System.Text.Json.Serialization;

namespace Governance.LoadTests.Reports;

/// <summary>The report as JSON, snake_case, for machines that compare runs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
