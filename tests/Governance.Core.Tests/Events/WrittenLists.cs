using System.Reflection;
using System.Text.Json.Serialization;

namespace Governance.Core.Tests.Events;

public sealed class WrittenLists
{
    [Fact]
    public void Every_list_of_whatever_is_written_can_be_written()
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in typeof(Digest).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(JsonSerializerContext)) && !type.IsAbstract))
        {
            var context = Assert.IsAssignableFrom<JsonSerializerContext>(type.GetProperty("Default", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)?.GetValue(null));
            foreach (var item in ItemsOf(context, type))
            {
                if (context.GetTypeInfo(item) is null)
                {
                    missing.Add($"{type.Name} lacks {item.Name}");
                }
            }
        }

        Assert.Empty(missing);
    }

    // The items of all lists that can be reached from the types a context names.
    private static HashSet<Type> ItemsOf(JsonSerializerContext context, Type type)
    {
        var (items, seen) = (new HashSet<Type>(), new HashSet<Type>());
        var open = new Stack<Type>(type.GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(JsonSerializableAttribute))
            .Select(attribute => attribute.ConstructorArguments[0].Value)
            .OfType<Type>());
        while (open.TryPop(out var next))
        {
            next = Nullable.GetUnderlyingType(next) ?? next;
            if (!seen.Add(next))
            {
                continue;
            }

            if (next.IsGenericType && next.GetGenericTypeDefinition() == typeof(EquatableArray<>))
            {
                items.Add(next.GetGenericArguments()[0]);
                open.Push(next.GetGenericArguments()[0]);
            }

            foreach (var property in context.GetTypeInfo(next)?.Properties ?? [])
            {
                open.Push(property.PropertyType);
            }
        }

        return items;
    }
}
