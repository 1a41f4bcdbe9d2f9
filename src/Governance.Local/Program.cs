using Governance.Local;

return await LocalProgram.Run(args, Console.Out, Console.Error);
