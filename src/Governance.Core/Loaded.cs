namespace Governance.Core;

/// <summary>A data file that was read: what it holds, or everything that is wrong with it.</summary>
/// <typeparam name="T">What the file holds.</typeparam>
public abstract record Loaded<T>
{
    private Loaded()
    {
    }

    /// <summary>The file is right.</summary>
    /// <param name="Value">What it holds.</param>
    public sealed record Valid(T Value) : Loaded<T>;

    /// <summary>The file is wrong and nothing of it is used.</summary>
    /// <param name="Problems">Every problem found, one sentence each, never empty.</param>
    public sealed record Refused(EquatableArray<string> Problems) : Loaded<T>;

    /// <summary>The value of a file that must be right, such as one that is part of the program.</summary>
    /// <exception cref="InvalidOperationException">The file is wrong; the message lists every problem.</exception>
    public T OrThrow(string what) => this is Valid valid
        ? valid.Value
        : throw new InvalidOperationException($"{what} cannot be used: {string.Join(" ", ((Refused)this).Problems)}");
}

/// <summary>Which version of a data file a decision was made with.</summary>
/// <param name="Version">The file's own word, for example 1.0.</param>
/// <param name="Sha256">Over the file's bytes as they are; any tool can recompute it.</param>
public sealed record DataVersion(string Version, Digest Sha256);
