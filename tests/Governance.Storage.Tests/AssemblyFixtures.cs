using Governance.Testing;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]
