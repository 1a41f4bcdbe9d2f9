using Governance.Functions.Hosting;

namespace Governance.Functions;

/// <summary>The function app as a program.</summary>
internal sealed class Program
{
    private Program()
    {
    }

    private static Task<int> Main(string[] args) => GovernanceApp.Run(args);
}
