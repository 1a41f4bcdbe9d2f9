using FsCheck;
using FsCheck.Fluent;
using Governance.Core.Cab;
using Governance.Testing;
using Governance.Testing.Deployments;

namespace Governance.Core.Tests.Cab;

public sealed class UnitingConditions
{
    private static readonly CabCondition NoteA = new() { Kind = CabConditionKind.Note, Text = "A" };
    private static readonly CabCondition NoteB = new() { Kind = CabConditionKind.Note, Text = "B" };

    public static TheoryData<CabCondition, CabCondition> LooserAndStricter => new()
    {
        { Max(Ring.Pilot), Max(Ring.Canary) },
        { Rate(9_799), Rate(9_800) },
        { Hours(24), Hours(25) },
        { At(CabConditionKind.NotBefore, 0), At(CabConditionKind.NotBefore, 1) },
        { At(CabConditionKind.NotAfter, 1), At(CabConditionKind.NotAfter, 0) },
    };

    [Theory]
    [MemberData(nameof(LooserAndStricter))]
    public void The_stricter_of_two_values_holds_in_either_order(CabCondition looser, CabCondition stricter)
    {
        Assert.Equal([stricter], CabConditions.Unite([looser, stricter]));
        Assert.Equal([stricter], CabConditions.Unite([stricter, looser]));
    }

    [Fact]
    public void Typed_conditions_come_before_notes_and_each_note_stands_once() =>
        Assert.Equal([Max(Ring.Lab), Rate(1), NoteB, NoteA], CabConditions.Unite([NoteB, Rate(1), NoteA, NoteB, Max(Ring.Lab)]));

    [Fact]
    public void No_condition_is_no_condition() => Assert.Empty(CabConditions.Unite([]));

    [Fact]
    public void Uniting_keeps_of_each_kind_the_plainest_extreme_and_needs_no_order() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20260304UL, 11UL),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Seeded(seed);
            var conditions = Enumerable.Range(0, random.Next(0, 12)).Select(_ => Any(random)).ToArray();

            var united = CabConditions.Unite(conditions);

            Assert.Equal(conditions.Min(each => each.Ring), united.Max(each => each.Ring));
            Assert.Equal(conditions.Max(each => each.BasisPoints), united.Max(each => each.BasisPoints));
            Assert.Equal(conditions.Max(each => each.Hours), united.Max(each => each.Hours));
            Assert.Equal(Times(conditions, CabConditionKind.NotBefore).Max(), Times(united, CabConditionKind.NotBefore).Max());
            Assert.Equal(Times(conditions, CabConditionKind.NotAfter).Min(), Times(united, CabConditionKind.NotAfter).Max());
            Assert.Equal(conditions.Select(each => each.Text).OfType<string>().ToHashSet(), united.Select(each => each.Text).OfType<string>().ToHashSet());
            Assert.Equal(united.Select(each => (each.Kind, each.Text)).Distinct().Count(), united.Count);
            Assert.Equal(united.ToHashSet(), CabConditions.Unite([.. conditions.Reverse()]).ToHashSet());
            Assert.Equal(united, CabConditions.Unite(united.AsSpan()));
        }));

    private static IEnumerable<DateTimeOffset?> Times(IEnumerable<CabCondition> conditions, CabConditionKind kind) =>
        conditions.Where(each => each.Kind == kind).Select(each => each.At);

    private static CabCondition Any(Seeded random) => random.Next(0, 6) switch
    {
        0 => Max(random.Pick(Rings.All)),
        1 => Rate(random.Next(0, 10_001)),
        2 => Hours(random.Next(1, 2_161)),
        3 => At(CabConditionKind.NotBefore, random.Next(0, 50)),
        4 => At(CabConditionKind.NotAfter, random.Next(0, 50)),
        _ => random.Pick([NoteA, NoteB]),
    };

    private static CabCondition Max(Ring ring) => new() { Kind = CabConditionKind.MaxRing, Ring = ring };

    private static CabCondition Rate(int basisPoints) => new() { Kind = CabConditionKind.MinSuccessRate, BasisPoints = basisPoints };

    private static CabCondition Hours(int hours) => new() { Kind = CabConditionKind.ObserveHours, Hours = hours };

    private static CabCondition At(CabConditionKind kind, int hours) => new() { Kind = kind, At = Sample.Noon.AddHours(hours) };
}
