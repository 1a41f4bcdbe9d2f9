using Governance.LoadTests.Budgets;
using Governance.LoadTests.Costs;
using Governance.LoadTests.Faults;
using Governance.LoadTests.Fuzzing;
using Governance.LoadTests.Load;
using Governance.LoadTests.Scale;
using Governance.LoadTests.Stack;

// What this machine, or a deployment, carries.
return args switch
{
    ["budgets", .. var rest] => await BudgetRun.Run(rest),
    ["fuzz", .. var rest] => await FuzzRun.Run(rest),
    ["costs"] => await CostRun.Run(),
    [SkewedApp.Verb, var clock] => await SkewedApp.Run(clock),
    ["faults", .. var rest] => await FaultsCommand.Run(rest),
    ["smoke"] => await LoadCommand.Run(LoadOptions.Smoke),
    ["scale", .. var rest] => await ScaleRun.Run(rest),
    [PausedOrchestrations.Verb] => await PausedOrchestrations.Serve(),
    ["all" or "1" or "2" or "3" or "4", ..] => await LoadCommand.Run(args),
    _ => Wrong(),
};

static int Wrong()
{
    Console.Error.WriteLine($"""
        What this machine, or a deployment, carries:
          {LoadOptions.Use}
                     virtual users; 0 where no request failed and the store is as it must be
          smoke      scenario 1 for ten seconds
          {ScaleRun.Use}
                     the same measurements with so many deployments in the store; 1000 10000 100000 where none are given
          budgets    [seconds] [create|check|decide|lists|risk|deployments|compare|memory …]   one thing after the other, against its budget
          costs      what one deployment costs
          {FaultsCommand.Use}
                     processes killed, storage and Graph in trouble; 0 where the store is as it must be afterwards
          {FuzzRun.Use}
                     generated bad input; 0 where all of it was refused as it must be and nothing was stored
        """);
    return 2;
}
