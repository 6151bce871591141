using Naru.Commands;

return args is ["version"] or ["--version"] ? VersionCommand.PrintPlain() : await CommandTree.RunAsync(args);
