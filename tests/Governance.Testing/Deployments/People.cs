using Governance.Core;
using Governance.Core.Events;

namespace Governance.Testing.Deployments;

/// <summary>The same few people and applications in every test.</summary>
public static class People
{
    /// <summary>Submits deployments and stores their evidence.</summary>
    public static readonly PersonId Alice = Id(1);

    /// <summary>Approves.</summary>
    public static readonly PersonId Bob = Id(2);

    /// <summary>Approves too.</summary>
    public static readonly PersonId Carol = Id(3);

    /// <summary>Another publisher.</summary>
    public static readonly PersonId Dave = Id(4);

    /// <summary>Administers the platform.</summary>
    public static readonly PersonId Erin = Id(5);

    /// <summary>Reviews security.</summary>
    public static readonly PersonId Sam = Id(6);

    /// <summary>The service principal of a pipeline.</summary>
    public static readonly PersonId Pipeline = Id(255);

    /// <summary>This person, acting.</summary>
    public static Actor Acts(this PersonId person) => person == Pipeline ? Actor.App(person) : Actor.User(person);

    private static PersonId Id(byte number) => new(new Guid($"00000000-0000-4000-8000-0000000000{number:x2}"));
}
