using Governance.Local.Stack;
using Governance.Testing.Web;

namespace Governance.IntegrationTests;

/// <summary>Holds every answer that a test gets against the app's description of itself.</summary>
internal static class DescribedAnswers
{
    /// <summary>Fails where a call was answered with a status or code that its description does not know.</summary>
    internal static void Check(this DescribedApi api, HttpMethod method, string path, ApiAnswer answer) =>
        Assert.Null(api.Fault(method, path, answer.Status, answer.Code));
}
