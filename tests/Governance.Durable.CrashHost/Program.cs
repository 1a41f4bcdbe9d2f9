using Governance.Durable.CrashHost;

// Modes: "work" is what the crash test starts and kills; "bench" and "memory" write figures for docs/performance.md.
return args switch
{
    ["work", var connection, var table, var folder, var count] => await CrashWork.Run(connection, table, folder, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture)),
    ["bench", .. var rest] => await TurnBenchmark.Run(rest),
    ["memory", .. var rest] => await MemoryBenchmark.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("work <connection string> <table> <folder> <instances> | bench [seconds] | memory [instances]");
    return 2;
}
