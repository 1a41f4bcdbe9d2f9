using Governance.Functions.FunctionsHost;
using Governance.Functions.Hosting;

namespace Governance.Functions;

/// <summary>The function app as a program.</summary>
internal sealed class Program
{
    private Program()
    {
    }

    private static async Task<int> Main(string[] args)
    {
        if (args is ["function-folders", var root])
        {
            // Called by the publish, for the Functions host.
            FunctionFolders.Write(root);
            return 0;
        }

        return await GovernanceApp.Run(args);
    }
}
