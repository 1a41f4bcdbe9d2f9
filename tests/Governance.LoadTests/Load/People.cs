using System.Collections.Immutable;
using System.Text.Json;

namespace Governance.LoadTests.Load;

/// <summary>Who takes part: people with tokens of their own, or the two whose tokens were given.</summary>
internal sealed class People
{
    private readonly ImmutableArray<string> _publishers;
    private readonly ImmutableArray<string> _approvers;

    private People(ImmutableArray<string> publishers, ImmutableArray<string> approvers) => (_publishers, _approvers) = (publishers, approvers);

    /// <summary>Two given tokens, which all users share.</summary>
    internal static People Given(string publisher, string approver) => new([publisher], [approver]);

    /// <summary>Signs people in, where the app is in development mode.</summary>
    /// <exception cref="LoadException">It gives no tokens.</exception>
    internal static async Task<People> SignIn(LoadClient client, int publishers, int approvers) =>
        new(await Tokens(client, publishers, 0xa, "Publisher"), await Tokens(client, approvers, 0xb, "CabApprover"));

    internal string Publisher(int number) => _publishers[number % _publishers.Length];

    internal string Approver(int number) => _approvers.Length == 0 ? string.Empty : _approvers[number % _approvers.Length];

    private static async Task<ImmutableArray<string>> Tokens(LoadClient client, int count, byte kind, string role)
    {
        var tokens = new string[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, cancellation) =>
        {
            var person = new Guid(number + 1, 0, 0x4000, 0x80, kind, 0, 0, 0, 0, 0, 1);
            var body = new { object_id = person, kind = "user", roles = new[] { role } };
            using var answer = await client.Send(new(HttpMethod.Post, string.Empty, "/development/tokens", JsonSerializer.SerializeToUtf8Bytes(body)), cancellation);
            tokens[number] = answer.Status == 200
                ? answer.Json.GetProperty("access_token").GetString()!
                : throw new LoadException($"The app gives no development tokens ({answer.Describe()}): give --publisher-token and --approver-token.");
        });
        return [.. tokens];
    }
}

/// <summary>A run cannot go on; the message is for a person.</summary>
internal sealed class LoadException(string message) : Exception(message);
