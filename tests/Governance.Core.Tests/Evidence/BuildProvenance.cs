using System.Buffers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Governance.Core.Evidence;
using Governance.Core.Evidence.Attestations;

namespace Governance.Core.Tests.Evidence;

public sealed class BuildProvenance
{
    private const string Builder = "https://example.org/builder";

    private static ProvenanceKey PipelineKey => new("pipeline", OwnSamples.Text("provenance-key.pem"), []);

    [Fact]
    public void The_signed_bytes_are_as_the_protocol_says() =>
        Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.UTF8.GetString(DsseEnvelope.SignedBytes("http://example.com/HelloWorld", "hello world"u8)));

    [Theory]
    [InlineData("dsse-slsa-0.2-multi-subject.json", 8167, "427ae43318b3b87098490d6a8a6329fb6a1cb5f06e437a1bf0b28cba3436024f", "334d16e948f3b89a58a098a7d874a6ccf88a1927174467c6ac941f1facaada2d", 3,
        "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/heads/main", "https://github.com/slsa-framework/slsa-github-generator/generic@v1")]
    [InlineData("sigstore-bundle-slsa-1-ruleset.json", 1070, "80d949273797ba13fc7825566a43b7fec27ba26a3899815ac278dfe15388cc0a", "228bc477c241304bcee4b5f2ea5850e4d3137fffc436dcff85eca2d51b061f67", 1,
        "https://github.com/bazel-contrib/.github/.github/workflows/release_ruleset.yaml@refs/tags/v7.1.0", "https://actions.github.io/buildtypes/workflow/v1")]
    public void Public_envelopes_verify_with_their_certificate_and_not_with_a_bit_flipped(
        string file, int length, string digest, string keyDigest, int subjects, string builder, string buildType)
    {
        var provenance = Read(PublicSamples.Read(file));

        var envelope = provenance.Attestation.Envelope!;
        Assert.Equal((length, digest), (envelope.Payload.Length, Digest.Of(envelope.Payload).ToString()));
        Assert.Equal((subjects, builder, buildType), (provenance.Attestation.Statement.Subjects.Length, provenance.Slsa.BuilderId, provenance.Slsa.BuildType));
        var signature = Assert.Single(envelope.Signatures);
        using var certificate = X509CertificateLoader.LoadCertificate(signature.Certificate!);
        Assert.Equal(keyDigest, Digest.Of(certificate.PublicKey.ExportSubjectPublicKeyInfo()).ToString());
        Assert.True(PublicKeys.VerifyWithCertificate(signature.Certificate!, envelope.SignedBytes(), signature.Signature));

        envelope.Payload[100] ^= 1;
        Assert.False(PublicKeys.VerifyWithCertificate(signature.Certificate!, envelope.SignedBytes(), signature.Signature));
        Assert.Equal(ProvenanceVerdict.BadSignature, ProvenanceJudgement.Judge(provenance, null, EvidenceTrust.Nobody).Verdict);
    }

    [Fact]
    public void The_key_of_a_public_envelope_verifies_it_once_configured()
    {
        var provenance = Read(PublicSamples.Read("dsse-slsa-0.2-multi-subject.json"));
        using var certificate = X509CertificateLoader.LoadCertificate(provenance.Attestation.Envelope!.Signatures[0].Certificate!);
        var artifact = Digest.Parse("89cfc6954e88b2f92a7c2879d9eb085c42f3c7065d012a5066f450dbe59b2c00");

        Assert.Equal(ProvenanceVerdict.Unverified, ProvenanceJudgement.Judge(provenance, artifact, EvidenceTrust.Nobody).Verdict);
        foreach (var pem in (string[])[certificate.ExportCertificatePem(), PemEncoding.WriteString("PUBLIC KEY", certificate.PublicKey.ExportSubjectPublicKeyInfo())])
        {
            Assert.Equal(ProvenanceVerdict.Verified, ProvenanceJudgement.Judge(provenance, artifact, Trusting(new ProvenanceKey("ci", pem, []))).Verdict);
        }
    }

    [Fact]
    public void Provenance_is_verified_by_a_configured_key_for_the_artifact_it_names()
    {
        var facts = Reading.Facts(Document(OwnSamples.Text("provenance.dsse.json")), Trusting(PipelineKey with { BuilderIds = [Builder] })).Facts!.Provenance;

        Assert.Equal(new ProvenanceFacts(ProvenanceVerdict.Verified, Builder, "https://example.org/build/v1", "pipeline", "signed by pipeline and its subject is the artifact"), facts);
    }

    [Fact]
    public void Without_the_key_it_is_unverified() =>
        Assert.Equal((ProvenanceVerdict.Unverified, "no configured key signed it"), Verdict(OwnSamples.Text("provenance.dsse.json"), EvidenceTrust.Nobody));

    [Fact]
    public void Another_artifact_is_a_mismatch() =>
        Assert.Equal(ProvenanceVerdict.SubjectMismatch, Reading.Facts(Document(OwnSamples.Text("provenance.dsse.json"), Digest.Of("other"u8)), Trusting(PipelineKey)).Facts!.Provenance!.Verdict);

    [Fact]
    public void A_pack_without_artifact_verifies_nothing() =>
        Assert.Equal(ProvenanceVerdict.Unverified, Reading.Facts($$"""{"provenance": {{OwnSamples.Text("provenance.dsse.json")}} }""", Trusting(PipelineKey)).Facts!.Provenance!.Verdict);

    [Fact]
    public void A_key_speaks_only_for_its_builders()
    {
        var facts = Verdict(OwnSamples.Text("provenance.dsse.json"), Trusting(PipelineKey with { BuilderIds = ["https://example.org/another"] }));

        Assert.Equal((ProvenanceVerdict.Unverified, $"signed by pipeline, which does not speak for builder {Builder}"), facts);
    }

    [Fact]
    public void Naming_a_configured_key_without_its_signature_is_a_bad_signature()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        var verdict = Verdict(OwnSamples.Text("provenance.dsse.json"), Trusting(new ProvenanceKey("pipeline", other.ExportSubjectPublicKeyInfoPem(), [])));

        Assert.Equal((ProvenanceVerdict.BadSignature, "names key pipeline, whose signature it is not"), verdict);
    }

    [Fact]
    public void The_payload_type_is_part_of_what_is_signed()
    {
        var changed = OwnSamples.Text("provenance.dsse.json").Replace("application/vnd.in-toto+json", "application/vnd.in-toto.provenance+json", StringComparison.Ordinal);

        Assert.Equal(ProvenanceVerdict.BadSignature, Verdict(changed, Trusting(PipelineKey)).Verdict);
    }

    [Theory]
    [InlineData("nistP256", false)]
    [InlineData("nistP256", true)]
    [InlineData("nistP384", false)]
    [InlineData("nistP521", true)]
    public void Ecdsa_signatures_count_in_both_encodings(string curve, bool der)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        var hash = curve == "nistP256" ? HashAlgorithmName.SHA256 : curve == "nistP384" ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA512;
        var envelope = Envelope(Statement(), bytes => key.SignData(bytes, hash, der ? DSASignatureFormat.Rfc3279DerSequence : DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

        Assert.Equal(ProvenanceVerdict.Verified, Verdict(envelope, Trusting(new ProvenanceKey("k", key.ExportSubjectPublicKeyInfoPem(), []))).Verdict);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rsa_signatures_count_in_both_paddings(bool pss)
    {
        using var key = RSA.Create(2048);
        var envelope = Envelope(Statement(), bytes => key.SignData(bytes, HashAlgorithmName.SHA256, pss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1));

        Assert.Equal(ProvenanceVerdict.Verified, Verdict(envelope, Trusting(new ProvenanceKey("k", key.ExportSubjectPublicKeyInfoPem(), []))).Verdict);
    }

    [Fact]
    public void Short_rsa_keys_and_other_algorithms_verify_nothing_and_say_so()
    {
        using var rsa = RSA.Create(1024);
        var weak = new ProvenanceKey("weak", rsa.ExportSubjectPublicKeyInfoPem(), []);
        var ed25519 = new ProvenanceKey("ed", "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----", []);
        var envelope = Envelope(Statement(), bytes => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        Assert.Contains("2048 bits", weak.Problem(), StringComparison.Ordinal);
        Assert.Contains("not supported", ed25519.Problem(), StringComparison.Ordinal);
        Assert.Contains("neither", new ProvenanceKey("x", "x", []).Problem(), StringComparison.Ordinal);
        Assert.Null(PipelineKey.Problem());
        Assert.Equal(ProvenanceVerdict.Unverified, Verdict(envelope, Trusting(weak, ed25519, new("x", "x", []))).Verdict);
    }

    [Fact]
    public void Of_several_the_verified_one_stands()
    {
        var good = OwnSamples.Text("provenance.dsse.json");
        var other = Envelope(Statement(Digest.Of("other"u8)), _ => [1, 2, 3]);

        Assert.Equal(ProvenanceVerdict.Verified, Verdict($"[{other}, {good}]", Trusting(PipelineKey)).Verdict);
        Assert.Equal(ProvenanceVerdict.Unverified, Verdict($"[{other}, {good}]", EvidenceTrust.Nobody).Verdict);
    }

    [Fact]
    public void A_statement_that_nobody_signed_is_unverified() =>
        Assert.Equal((ProvenanceVerdict.Unverified, "nobody signed it"), Verdict(Statement(), Trusting(PipelineKey)));

    [Fact]
    public void Provenance_without_builder_is_not_verified_even_if_signed()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var envelope = Envelope(Statement().Replace("builder", "bilder", StringComparison.Ordinal), bytes => key.SignData(bytes, HashAlgorithmName.SHA256));

        Assert.Equal(ProvenanceVerdict.Unverified, Verdict(envelope, Trusting(new ProvenanceKey("k", key.ExportSubjectPublicKeyInfoPem(), []))).Verdict);
    }

    [Fact]
    public void Json_lines_and_npm_lists_hold_several_attestations()
    {
        var envelope = OwnSamples.Text("provenance.dsse.json").ReplaceLineEndings(" ");
        var bundle = $$"""{"mediaType": "application/vnd.dev.sigstore.bundle+json;version=0.2", "verificationMaterial": {"x509CertificateChain": {"certificates": [{"rawBytes": "AAAA"}]} }, "dsseEnvelope": {{envelope}} }""";
        var npm = $$"""{"attestations": [{"predicateType": "x", "bundle": {{bundle.ReplaceLineEndings(" ")}} }, {"predicateType": "y", "bundle": {{bundle.ReplaceLineEndings(" ")}} }]}""";

        Assert.Equal(2, Attestations($"{envelope}\n\n{{\"unknown\": 1}}\n{bundle}\n").Count);
        Assert.Equal(2, Attestations(npm).Count);
        Assert.Equal(ProvenanceVerdict.Verified, ProvenanceJudgement.Judge(Read(Reading.Utf8(bundle)), OwnSamples.Artifact, Trusting(PipelineKey)).Verdict);
    }

    [Fact]
    public void Other_predicates_and_payloads_are_left_alone()
    {
        var parsed = Reading.Document($$"""{"provenance": [{{Statement().Replace("https://slsa.dev/provenance/v1", "https://example.org/x", StringComparison.Ordinal)}}, {"payload": "e30=", "payloadType": "text/plain", "signatures": [{"sig": "AA"}]}]}""");

        Assert.Empty(parsed.Problems.Errors);
        Assert.Equal(2, parsed.Problems.WarningCount);
        Assert.Null(new EvidenceAssembly(parsed.Document!).Complete(Reading.Pack, EvidenceTrust.Nobody).Facts!.Provenance);
    }

    [Theory]
    [InlineData("""{"payload": "!", "payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": "AA=="}]}""", "$.provenance.payload")]
    [InlineData("""{"payload": "e30=", "payloadType": "application/vnd.in-toto+json", "signatures": []}""", "$.provenance")]
    [InlineData("""{"payload": "e30=", "payloadType": "application/vnd.in-toto+json", "signatures": [{"keyid": "a"}]}""", "$.provenance.signatures[0]")]
    [InlineData("""{"payload": "e30=", "payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": "AA=="}]}""", "$.provenance.payload")]
    [InlineData("""{"payload": "eyJhIjoxLCJhIjoxfQ", "payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": "_-8"}]}""", "$.provenance.payload.a")]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v2", "predicateType": "x", "subject": [], "predicate": {}}""", "$.provenance.subject")]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v1", "predicateType": "x", "subject": [{"name": "a"}], "predicate": {}}""", "$.provenance.subject[0]")]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v1", "predicateType": "x", "subject": [{"digest": {"sha1": "aa"}}]}""", "$.provenance")]
    [InlineData("""{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "messageSignature": {}}""", "$.provenance")]
    [InlineData("""{"a": 1}""", "$.provenance")]
    [InlineData("7", "$.provenance")]
    public void A_broken_attestation_is_refused_with_its_place(string json, string path) =>
        Assert.Equal(path, Reading.Document($$"""{"provenance": {{json}} }""").Problems.Errors[0].Path);

    [Theory]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "empty file")]
    [InlineData("60a179bd9181657528c7b14243f07511b4f63cf5", "no SHA-256")]
    public void Digests_that_prove_nothing_are_pointed_out(string digest, string message)
    {
        var problems = Reading.Document($$"""{"provenance": {"_type": "https://in-toto.io/Statement/v1", "predicateType": "x", "subject": [{"digest": {"sha256": "{{digest}}"} }], "predicate": {} } }""").Problems;

        Assert.Empty(problems.Errors);
        Assert.Contains(message, problems.Warnings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signed_vex_document_counts_by_its_signature_not_by_its_author()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var statement = $$"""{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://openvex.dev/ns/v0.2.0", "subject": [{"digest": {"sha256": "{{OwnSamples.Artifact}}"} }], "predicate": {{OwnSamples.Text("openvex.json")}} }""";
        var evidence = $$"""{"vex": {{Envelope(statement, bytes => key.SignData(bytes, HashAlgorithmName.SHA256))}}, "scan_results": {{OwnSamples.Text("trivy.json")}} }""";

        Assert.Empty(Reading.Facts(evidence).Facts!.Scan!.Suppressed);
        Assert.Single(Reading.Facts(evidence, Trusting(new ProvenanceKey("security", key.ExportSubjectPublicKeyInfoPem(), []))).Facts!.Scan!.Suppressed);
    }

    private static string Statement(Digest? artifact = null) => $$"""
        {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v1", "subject": [{"name": "a", "digest": {"sha256": "{{artifact ?? OwnSamples.Artifact}}"} }],
         "predicate": {"buildDefinition": {"buildType": "https://example.org/build/v1"}, "runDetails": {"builder": {"id": "{{Builder}}"} } } }
        """;

    private static string Envelope(string payload, Func<byte[], byte[]> sign)
    {
        const string Type = "application/vnd.in-toto+json";
        var bytes = Encoding.UTF8.GetBytes(payload);
        var signature = sign(DsseEnvelope.SignedBytes(Type, bytes));
        return $$"""{"payload": "{{Convert.ToBase64String(bytes)}}", "payloadType": "{{Type}}", "signatures": [{"sig": "{{Convert.ToBase64String(signature)}}"}]}""";
    }

    private static EvidenceTrust Trusting(params ProvenanceKey[] keys) => new() { Keys = [.. keys] };

    private static string Document(string provenance, Digest? artifact = null) =>
        $$"""{"artifact": {"sha256": "{{artifact ?? OwnSamples.Artifact}}", "size_bytes": 5, "file_name": "notepad.intunewin"}, "provenance": {{provenance}} }""";

    private static (ProvenanceVerdict Verdict, string Reason) Verdict(string provenance, EvidenceTrust trust)
    {
        var facts = Reading.Facts(Document(provenance), trust).Facts!.Provenance!;
        return (facts.Verdict, facts.Reason);
    }

    private static IReadOnlyList<Attestation> Attestations(string text)
    {
        var problems = new ProblemLog();
        var attestations = AttestationReader.Read(Reading.Utf8(text), "$", problems, CancellationToken.None);
        Assert.Equal(0, problems.ErrorCount);
        return attestations;
    }

    private static Provenance Read(ReadOnlySequence<byte> bytes)
    {
        var problems = new ProblemLog();
        var provenance = Provenance.Of(AttestationReader.Read(bytes, "$", problems, CancellationToken.None), problems, CancellationToken.None);
        Assert.Equal(0, problems.ErrorCount);
        return Assert.Single(provenance);
    }
}
