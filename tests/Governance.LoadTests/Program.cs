using Governance.LoadTests.Budgets;
using Governance.LoadTests.Costs;

// What this machine carries. "budgets" measures one thing after the other against design budgets and prints a table for docs/performance.md.
return args switch
{
    ["budgets", .. var rest] => await BudgetRun.Run(rest),
    ["costs"] => await CostRun.Run(),
    _ => Wrong(),
};

static int Wrong()
{
    Console.Error.WriteLine("costs | budgets [seconds] [create|check|decide|lists|risk|deployments …]");
    return 2;
}
