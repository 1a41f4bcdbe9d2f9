using System.Diagnostics;
using Governance.Azurite;

namespace Governance.Storage.Tests.Azurite;

public sealed class InstallingTheEmulator : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("governance-npm-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_folder_without_a_lock_file_is_refused()
    {
        var failure = await Assert.ThrowsAsync<AzuriteException>(
            () => AzuriteServer.Start(new AzuriteOptions { PackageFolder = _folder }, TestContext.Current.CancellationToken));

        Assert.Contains("package-lock.json is missing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_installation_says_what_npm_said()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "package-lock.json"), "no json", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "package.json"), "{}", TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<AzuriteException>(
            () => AzuriteServer.Start(new AzuriteOptions { PackageFolder = _folder }, TestContext.Current.CancellationToken));

        Assert.StartsWith($"npm ci in {_folder} ended with", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_installed_from_this_lock_file_is_not_installed_again_and_from_another_it_is()
    {
        var told = new List<string>();
        await WriteEmptyProject("one");

        await NodePackages.EnsureInstalled(_folder, told.Add, TestContext.Current.CancellationToken);
        await NodePackages.EnsureInstalled(_folder, told.Add, TestContext.Current.CancellationToken);
        Assert.Single(told);

        await WriteEmptyProject("two");
        await NodePackages.EnsureInstalled(_folder, told.Add, TestContext.Current.CancellationToken);
        Assert.Equal(2, told.Count);
    }

    [Fact]
    public async Task Of_two_that_install_at_once_one_does_and_the_other_waits_for_it()
    {
        var told = new List<string>();
        await WriteEmptyProject("both");

        await Task.WhenAll(
            NodePackages.EnsureInstalled(_folder, told.Add, TestContext.Current.CancellationToken),
            NodePackages.EnsureInstalled(_folder, told.Add, TestContext.Current.CancellationToken));

        Assert.Single(told);
    }

    [Fact]
    public void A_program_that_is_not_there_is_told_in_the_callers_sentence()
    {
        var failure = Assert.Throws<AzuriteException>(
            () => NodePackages.Start(new ProcessStartInfo(Path.Combine(_folder, "absent")), "node is not on the PATH."));

        Assert.Equal("node is not on the PATH.", failure.Message);
    }

    [Fact]
    public void Outside_a_checkout_the_package_folder_must_be_named()
    {
        var failure = Assert.Throws<AzuriteException>(() => NodePackages.Find(_folder));

        Assert.Contains(_folder, failure.Message, StringComparison.Ordinal);
    }

    // A project with no packages: npm installs nothing and needs no registry.
    private async Task WriteEmptyProject(string name)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "package.json"), $$"""{"name":"{{name}}","version":"1.0.0"}""");
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "package-lock.json"),
            $$$"""{"name":"{{{name}}}","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"{{{name}}}","version":"1.0.0"} } }""");
    }
}
