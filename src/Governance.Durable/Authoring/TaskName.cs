namespace Governance.Durable;

/// <summary>The registered name of an orchestrator or activity. Compared ignoring case, as the hosts resolve it.</summary>
/// <param name="Name">Letters, digits, <c>_</c> and <c>-</c>, starting with a letter, at most 128; checked where it is registered.</param>
public readonly record struct TaskName(string Name)
{
    /// <summary>Lets a call be written with <c>nameof</c>.</summary>
    public static implicit operator TaskName(string name) => new(name);

    /// <summary>The plain text.</summary>
    public static implicit operator string(TaskName name) => name.Name;

    /// <inheritdoc/>
    public bool Equals(TaskName other) => string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => Name is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(Name);

    /// <inheritdoc/>
    public override string ToString() => Name ?? string.Empty;
}
