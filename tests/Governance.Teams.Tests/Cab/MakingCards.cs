using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Teams.Cab;
using Governance.Teams.Tests.Testing;
using Governance.Testing.Deployments;

namespace Governance.Teams.Tests.Cab;

public sealed class MakingCards
{
    private static readonly Uri Review = new("https://governance.contoso.com/review/1");

    private static CabCardFacts Facts => CabCardFacts.Of(DeploymentStories.AwaitingCab().State, null, _ => null)!;

    [Fact]
    public void An_open_request_shows_everything_that_a_decision_needs()
    {
        var state = Rich();
        var difference = VersionDifference.Between(DeploymentStories.Approved().State, state with { Check = Sample.Check(PolicyVerdict.CabRequired, 2) });
        var facts = CabCardFacts.Of(state, difference, id => id == People.Alice ? "Alice Adams" : null)!;

        var texts = CabCard.Make(facts, Review, null).Card.Texts();

        foreach (var shown in new[]
        {
            "CAB decision needed: 7-Zip 24.09", "LAB to PILOT", "LAB: 1 groups", "Alice Adams (00000000)", "Because its old version is vulnerable.", state.Cab!.SubjectDigest.ToString(),
            "2026-03-04 12:00 UTC", "0 of 1", "Risk 60 of 100", "The score is 60.", "privilege‗impact", "+14.0 of 20: Admin to install, runs as user.", "Changed since 24.09, approved 2026-03-02 12:00 UTC", "Risk 60 → 80",
            "Rules that failed", "Signed (RequireCab): nobody signed it", "Evidence missing for PILOT", "rollback‗plan (from PILOT): not there",
        })
        {
            Assert.Contains(shown.Replace("‗", "_", StringComparison.Ordinal), texts, StringComparison.Ordinal);
        }

        Assert.Contains(Review.AbsoluteUri, CabCard.Make(facts, Review, null).Card.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_card_without_a_message_of_its_own_has_no_button_that_decides()
    {
        var card = CabCard.Make(Facts, Review, null).Card;

        Assert.DoesNotContain("Action.Execute", card.ToJsonString(), StringComparison.Ordinal);
        Assert.Null(card["refresh"]);
        Assert.Contains("Decide on the review page.", card.Texts(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_decision_has_its_inputs_on_its_own_nested_card_and_a_way_into_the_browser()
    {
        var card = CabCard.Make(Facts, Review, verb => new() { ["verb"] = verb }).Card;
        var nested = Nodes(card).Where(node => node["type"]?.GetValue<string>() == "Action.ShowCard").ToList();

        Assert.Equal(["Approve", "Approve with conditions", "Reject"], nested.Select(node => node["title"]!.GetValue<string>()));
        Assert.Equal(
            [CardVerbs.Approve, CardVerbs.ApproveWithConditions, CardVerbs.Reject],
            nested.Select(node => Assert.Single(Nodes(node), inner => inner["type"]?.GetValue<string>() == "Action.Execute")["data"]!["verb"]!.GetValue<string>()));
        Assert.All(nested, node => Assert.Contains(Nodes(node), inner => inner["fallback"]?["url"]?.GetValue<string>() == Review.AbsoluteUri));
        Assert.Equal(["LAB", "CANARY", "PILOT"], Assert.Single(Nodes(card), node => node["id"]?.GetValue<string>() == "max_ring")["choices"]!.AsArray().Select(choice => choice!["value"]!.GetValue<string>()));
        Assert.True(Assert.Single(Nodes(card), node => node["id"]?.GetValue<string>() == "reason")["isRequired"]!.GetValue<bool>());
        Assert.Equal(CardVerbs.Refresh, card["refresh"]!["action"]!["verb"]!.GetValue<string>());
        Assert.DoesNotContain(Nodes(card).Select(node => node["id"]?.GetValue<string>()).OfType<string>(), CardSigner.IsReserved);
        Assert.Equal("1.4", card["version"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(DeploymentStatus.Approved, "Approved: ")]
    [InlineData(DeploymentStatus.Rejected, "Rejected: ")]
    [InlineData(DeploymentStatus.Expired, "Not decided in time: ")]
    public void A_settled_request_says_how_and_has_no_inputs(DeploymentStatus status, string title)
    {
        var card = CabCard.Make(CabCardFacts.Of(DeploymentStories.In(status).State, null, _ => null)!, Review, verb => new() { ["verb"] = verb }).Card;

        Assert.StartsWith(title, card["body"]![0]!["text"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain("Input.", card.ToJsonString(), StringComparison.Ordinal);
        Assert.Null(card["refresh"]);
    }

    [Fact]
    public void Conditions_and_the_deciders_words_stay_on_the_card()
    {
        var state = DeploymentStories.Approved(
            new() { Kind = CabConditionKind.MaxRing, Ring = Ring.Canary },
            new() { Kind = CabConditionKind.MinSuccessRate, BasisPoints = 9950 },
            new() { Kind = CabConditionKind.ObserveHours, Hours = 48 },
            new() { Kind = CabConditionKind.NotBefore, At = Sample.Noon },
            new() { Kind = CabConditionKind.NotAfter, At = Sample.Noon.AddDays(1) },
            new() { Kind = CabConditionKind.Note, Text = "Tell the help desk." }).State;

        var texts = CabCard.Make(CabCardFacts.Of(state, null, _ => "Bob")!, Review, null).Card.Texts();

        foreach (var shown in new[] { "Approved with conditions", "only up to CANARY", "success rate of at least 99.5 %", "observed for 48 h", "not before 2026-03-02", "not after 2026-03-03", "Tell the help desk.", "Bob (00000000)", "Seen and agreed." })
        {
            Assert.Contains(shown, texts, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Other_ends_have_their_own_words()
    {
        Assert.Equal(CardStanding.ApprovedInEmergency, CabCardFacts.Of(DeploymentStories.AwaitingCab().ApprovedInEmergency().State, null, _ => null)!.Standing);
        Assert.Equal((2, CardStanding.Open), CabCardFacts.Of(DeploymentStories.Approved().Revokes().State, null, _ => null) is { } again ? (again.Revision, again.Standing) : default);
        var cancelled = DeploymentStories.AwaitingCab().Does(People.Alice.Acts(), at => DeploymentDecider.Cancel(at.State, "No.", DeploymentStories.By(People.Alice), Core.Rollout.PublishStage.None));
        var withdrawn = CabCardFacts.Of(cancelled.State, null, _ => null)!;
        Assert.Equal(CardStanding.Withdrawn, withdrawn.Standing);
        Assert.Contains("No decision needed any more", CabCard.Make(withdrawn, Review, null).Summary, StringComparison.Ordinal);
        Assert.Null(CabCardFacts.Of(DeploymentStories.Pending().State, null, _ => null));
    }

    [Fact]
    public void Hostile_text_is_text()
    {
        const string hostile = "[click](https://evil.example) <at>everyone</at> **bold** `x` ![i](y) {{DATE(2026-01-01T00:00:00Z)}} ${x} &#91; \u202Eevil\u200B\r\n# big";

        var texts = CabCard.Make(Facts with { AppName = hostile, Justification = hostile, Reasons = [hostile], FailedRules = [hostile], Missing = [hostile], AskedBy = hostile }, Review, null).Card.Texts();

        foreach (var taken in new[] { "[", "](", "<at>", "**", "`", "{{", "}}", "${", "&#", "://", "\u202E", "\u200B", "\r" })
        {
            Assert.DoesNotContain(taken, texts, StringComparison.Ordinal);
        }

        Assert.Contains("(click)(https: //evil.example) ‹at›everyone‹/at›", texts, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("  ", "")]
    [InlineData("plain_name v1.2-3", "plain_name v1.2-3")]
    [InlineData("_emphasis_", "‗emphasis‗")]
    [InlineData("- item", "· item")]
    [InlineData("-5 points", "-5 points")]
    [InlineData("R&D & more &amp;", "R& D & more & amp;")]
    [InlineData("a\u0000b\tc", "a b c")]
    public void Text_becomes_one_harmless_line(string? text, string shown) => Assert.Equal(shown, CardText.Neutral(text, 100));

    [Fact]
    public void Text_is_cut_between_characters()
    {
        Assert.Equal("abcd…", CardText.Neutral("abcdefgh", 5));
        Assert.Equal("abcde", CardText.Neutral("abcde", 5));
        Assert.Equal("abc…", CardText.Neutral("abc\ud83d\ude80efgh", 5));
    }

    [Fact]
    public void A_card_fits_whatever_the_texts()
    {
        Prop.ForAll(ArbMap.Default.GeneratorFor<string>().Where(text => text is not null).ToArbitrary(), text =>
        {
            var long_ = string.Concat(Enumerable.Repeat(text + "é中\ud83d\ude80\"\\[", 400));
            var facts = Facts with
            {
                AppName = long_,
                Version = long_,
                AskedBy = long_,
                Justification = long_,
                Comments = long_,
                Scope = [long_, long_, long_, long_, long_],
                Reasons = Many(long_),
                FailedRules = Many(long_),
                Missing = Many(long_),
                Approvals = Many(long_),
                TopFactors = [.. Enumerable.Range(0, 5).Select(_ => new RiskFactor(long_, 1, 1, 1, long_, long_))],
                Difference = new(long_, Many(long_)),
            };
            return CabCard.SizeOf(CabCard.Make(facts, Review, verb => Bench.Signer.Sign(new(Sample.Id, 1, Digest.Zero, new string('n', 32), Sample.Noon, new string('c', 500), new string('a', 500)), verb)).Card) <= CabCard.MaxBytes;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_same_facts_give_the_same_bytes() =>
        Assert.Equal(CabCard.Make(Facts, Review, null).Card.ToJsonString(), CabCard.Make(Facts, Review, null).Card.ToJsonString());

    [Fact]
    public void A_difference_names_what_a_check_looks_at()
    {
        var before = DeploymentStories.Approved().State;
        var check = before.Check!;
        var evidence = new CheckedEvidence
        {
            PackId = Sample.Pack,
            PackDigest = Digest.Zero,
            StoredAt = Sample.Noon,
            ArtifactSha256 = Digest.Zero,
            Scan = new(new(0, 1, 2, 3), [], Sample.Noon, true),
            Sbom = new("cyclonedx", 300, []),
            Signature = new(Core.Evidence.SignatureStatus.Valid, "CN=A", true, true),
            Provenance = new(Core.Evidence.ProvenanceVerdict.Verified, "b"),
            RollbackPlan = new("23.0", true),
        };
        var old = before with { Check = check with { Inputs = check.Inputs with { Evidence = evidence } } };
        var now = old with
        {
            Request = old.Request with { TargetRing = Ring.Global, Scope = Sample.Scope(Ring.Lab, Ring.Global) with { Rings = [.. Sample.Scope(Ring.Lab, Ring.Pilot).Rings.Select(ring => ring with { GroupIds = [Guid.Empty] })] } },
            Check = check with
            {
                Score = 75,
                Factors = [check.Factors[0] with { Contribution = 2_000, Reason = "A service." }],
                Inputs = check.Inputs with
                {
                    Evidence = evidence with { Scan = new(new(1, 1, 2, 3), [], Sample.Noon, true), Sbom = new("cyclonedx", 1_300, []), Signature = null, Provenance = null, RollbackPlan = null },
                },
            },
        };

        var difference = VersionDifference.Between(old, now)!;

        Assert.Equal("24.09, approved 2026-03-02 12:00 UTC", difference.From);
        Assert.Equal(
            [
                "Risk 60 → 75", "privilege_impact +6.0: A service.", "Findings 0 critical, 1 high, 2 medium, 3 low → 1 critical, 1 high, 2 medium, 3 low", "Components 300 → 1,300",
                "Signature Valid by CN=A → not stated", "Provenance Verified → none", "Rollback plan to 23.0 → to nothing", "The package is the same, byte for byte",
                "Last ring PILOT → GLOBAL", "Other groups in LAB", "Other groups in CANARY", "Other groups in PILOT",
            ],
            difference.Lines);
        Assert.Null(VersionDifference.Between(DeploymentStories.Pending().State, now));
    }

    [Fact]
    public void A_notice_is_some_lines_and_a_link()
    {
        var state = DeploymentStories.AwaitingCab().ApprovedInEmergency().State;
        foreach (var (notice, said) in new[]
        {
            (CabNotices.Reminder(DeploymentStories.AwaitingCab().State), "Still to be decided: 7-Zip 24.09 to PILOT"),
            (CabNotices.Escalated(DeploymentStories.AwaitingCab().State), "Escalated to you"),
            (CabNotices.Review(state), "INC-1"),
        })
        {
            var message = NoticeCard.Make(notice, Review);
            Assert.Contains(said, message.Card.Texts(), StringComparison.Ordinal);
            Assert.Contains(Review.AbsoluteUri, message.Card.ToJsonString(), StringComparison.Ordinal);
            Assert.DoesNotContain("Action.Execute", message.Card.ToJsonString(), StringComparison.Ordinal);
        }
    }

    private static EquatableArray<string> Many(string text) => [.. Enumerable.Repeat(text, 30)];

    private static IEnumerable<JsonObject> Nodes(JsonNode? node) => node switch
    {
        JsonObject item => item.Where(member => member.Key is not "fallback" and not "refresh").SelectMany(member => Nodes(member.Value)).Prepend(item),
        JsonArray items => items.SelectMany(Nodes),
        _ => [],
    };

    private static DeploymentState Rich()
    {
        var state = DeploymentStories.Pending(Sample.Request() with { Justification = "Because its old version is vulnerable." }).Checked(PolicyVerdict.CabRequired).State;
        return state with
        {
            Check = state.Check! with
            {
                Rules = [new("signed", "Signed", "require_signature", RuleEffect.RequireCab, RuleOutcome.Fail, "nobody signed it", "$.signature", [])],
                Completeness = new([new("rollback_plan", Ring.Pilot, EvidenceState.Missing, "not there", "$.rollback_plan")]),
            },
        };
    }
}
