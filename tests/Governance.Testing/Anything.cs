using System.Collections;
using System.Reflection;
using Governance.Core;
using Governance.Core.Events;

namespace Governance.Testing;

/// <summary>Values of any record type, filled in every member from one seed: what a writer and a reader must agree on.</summary>
/// <param name="seed">Any number; a test names it so that a failure can be repeated.</param>
public sealed class Anything(int seed)
{
    private const string Letters = "abcXYZ 0189-_.:/\"\\\u00e9\u4e2d\ud83d\ude80\u0001\n";
    private static readonly long Epoch = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;
    private readonly Random _random = new(seed);

    /// <summary>One value; optional members are there three times of four, lists have up to three items.</summary>
    public T Of<T>() => (T)Of(typeof(T))!;

    /// <inheritdoc cref="Of{T}"/>
    public object? Of(Type type) => type switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } value => _random.Next(4) == 0 ? null : Of(value),
        { IsEnum: true } => Pick(Enum.GetValues(type)),
        _ when type == typeof(string) => Text(),
        _ when type == typeof(bool) => _random.Next(2) == 0,
        _ when type == typeof(int) => _random.Next(0, int.MaxValue),
        _ when type == typeof(long) => _random.NextInt64(0, 1L << 53),
        _ when type == typeof(Guid) => Id(),
        _ when type == typeof(DateTimeOffset) => new DateTimeOffset(Epoch + _random.NextInt64(0, TimeSpan.TicksPerDay * 400), TimeSpan.Zero),
        _ when type == typeof(Digest) => Digest.Of(Id().ToByteArray()),
        _ when type == typeof(Actor) => _random.Next(3) switch
        {
            0 => Actor.System,
            1 => Actor.User(new(Id())),
            _ => Actor.App(new(Id())),
        },
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(EquatableArray<>) => List(type.GetGenericArguments()[0]),
        _ => Record(type),
    };

    private object Record(Type type)
    {
        var constructor = type.GetConstructors().OrderByDescending(each => each.GetParameters().Length).First(each => !Copies(each, type));
        var nullability = new NullabilityInfoContext();
        var made = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Maybe(parameter.ParameterType, nullability.Create(parameter)))]);
        var named = constructor.GetParameters().Select(parameter => parameter.Name).ToHashSet();
        foreach (var property in type.GetProperties().Where(each => each.SetMethod is not null && !named.Contains(each.Name)))
        {
            property.SetValue(made, Maybe(property.PropertyType, nullability.Create(property)));
        }

        return made;
    }

    private object? Maybe(Type type, NullabilityInfo nullability) =>
        !type.IsValueType && nullability.WriteState == NullabilityState.Nullable && _random.Next(4) == 0 ? null : Of(type);

    private object List(Type item)
    {
        var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
        for (var count = _random.Next(4); count > 0; count--)
        {
            items.Add(Of(item));
        }

        return typeof(Anything).GetMethod(nameof(Immutable), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(item).Invoke(null, [items])!;
    }

    private static EquatableArray<T> Immutable<T>(List<T> items) => [.. items];

    private static bool Copies(ConstructorInfo constructor, Type type) => constructor.GetParameters() is [var only] && only.ParameterType == type;

    private string Text() => string.Concat(Enumerable.Range(0, _random.Next(1, 12)).Select(_ => Letters.EnumerateRunes().ElementAt(_random.Next(20)).ToString()));

    private Guid Id()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private object? Pick(Array values) => values.GetValue(_random.Next(values.Length));
}
