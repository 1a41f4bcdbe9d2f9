using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;

namespace Governance.Core.Tests.Events;

public sealed class DerivingIds
{
    private static readonly Guid Dns = Guid.Parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    private static readonly Guid Url = Guid.Parse("6ba7b811-9dad-11d1-80b4-00c04fd430c8");
    private static readonly EvidencePackId Pack = new(Guid.Parse("11111111-2222-4333-8444-555555555555"));

    [Theory]
    [InlineData("www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2")]
    [InlineData("python.org", "886313e1-3b8a-5372-9b90-0c9aee199e5d")]
    public void A_name_gives_the_id_that_other_implementations_give(string name, string id) =>
        Assert.Equal(Guid.Parse(id), Uuid5.Of(Dns, name));

    [Fact]
    public void The_namespace_is_itself_derived_from_its_documented_name() =>
        Assert.Equal(Uuid5.Of(Url, "urn:governance:ids"), Uuid5.Governance);

    [Fact]
    public void The_form_of_the_json_makes_no_difference() =>
        Assert.Equal(Uuid5.OfJson("""{"a":1,"b":"x"}"""u8.ToArray()), Uuid5.OfJson("""{ "b": "\u0078", "a": 1.0 }"""u8.ToArray()));

    [Fact]
    public void An_intents_id_is_version_5_over_its_natural_key()
    {
        var expected = Uuid5.Of(
            Uuid5.Governance,
            """{"app_name":"7-Zip","attempt":1,"evidence_pack_id":"11111111-2222-4333-8444-555555555555","start_ring":"LAB","target_ring":"GLOBAL","tenant":"contoso","version":"24.09"}""");

        Assert.Equal(new CorrelationId(expected), DeploymentIds.Derive("contoso", "7-Zip", "24.09", Ring.Lab, Ring.Global, Pack, 1));
        Assert.Equal('5', expected.ToString("D")[14]);
    }

    [Fact]
    public void Each_part_of_the_natural_key_gives_another_id()
    {
        CorrelationId[] ids =
        [
            DeploymentIds.Derive("contoso", "7-Zip", "24.09", Ring.Lab, Ring.Global, Pack, 1),
            DeploymentIds.Derive("fabrikam", "7-Zip", "24.09", Ring.Lab, Ring.Global, Pack, 1),
            DeploymentIds.Derive("contoso", "8-Zip", "24.09", Ring.Lab, Ring.Global, Pack, 1),
            DeploymentIds.Derive("contoso", "7-Zip", "24.10", Ring.Lab, Ring.Global, Pack, 1),
            DeploymentIds.Derive("contoso", "7-Zip", "24.09", Ring.Canary, Ring.Global, Pack, 1),
            DeploymentIds.Derive("contoso", "7-Zip", "24.09", Ring.Lab, Ring.Pilot, Pack, 1),
            DeploymentIds.Derive("contoso", "7-Zip", "24.09", Ring.Lab, Ring.Global, new(Guid.Parse("11111111-2222-4333-8444-555555555556")), 1),
            DeploymentIds.Derive("contoso", "7-Zip", "24.09", Ring.Lab, Ring.Global, Pack, 2),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void What_an_event_starts_is_told_apart_by_stream_sequence_and_kind()
    {
        var stream = new CorrelationId(Guid.Parse("aaaaaaaa-2222-4333-8444-555555555555"));
        var other = new CorrelationId(Guid.Parse("bbbbbbbb-2222-4333-8444-555555555555"));

        Guid[] ids =
        [
            DeploymentIds.Remediation(stream, 7), DeploymentIds.Remediation(stream, 8), DeploymentIds.Remediation(other, 7),
            DeploymentIds.Incident(stream, 7), DeploymentIds.Drift(stream, 7),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids[0], DeploymentIds.Remediation(stream, 7));
    }
}
