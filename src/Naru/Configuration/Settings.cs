namespace Naru.Configuration;

/// <summary>The table of all options: help text, completion, file, environment and documentation come from it.</summary>
internal static class Settings
{
    private static readonly string[] LogLevels = ["trace", "debug", "information", "warning", "error"];
    private static readonly string[] LogFormats = ["text", "json"];

    /// <summary>All options, in the order of help text.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Text("data-dir", "DIR", "directory of all state", o => o.DataDirectory, (o, v) => o with { DataDirectory = SettingValue.AbsolutePath(v) }),
        Text("run-dir", "DIR", "directory of sockets and locks", o => o.RunDirectory, (o, v) => o with { RunDirectory = SettingValue.AbsolutePath(v) }),
        Choice("log-level", LogLevels, "lowest level that is logged", o => o.LogLevel.ToString().ToLowerInvariant(), (o, v) => o with { LogLevel = SettingValue.Choice<LogLevel>(v, LogLevels) }),
        Choice("log-format", LogFormats, "how a log line looks", o => o.LogFormat.ToString().ToLowerInvariant(), (o, v) => o with { LogFormat = SettingValue.Choice<LogFormat>(v, LogFormats) }),
        Text("socket-group", "GROUP", "group that may use docker.sock", o => o.SocketGroup, (o, v) => o with { SocketGroup = v }),
        Text("docker-tls-address", "ADDRESS:PORT", "serve the Docker API over mutual TLS here too", o => o.DockerTlsAddress, (o, v) => o with { DockerTlsAddress = SettingValue.EndPoint(v).ToString() }),
        Text("docker-tls-ca", "FILE", "authority that client certificates must come from", o => o.DockerTlsCa, (o, v) => o with { DockerTlsCa = SettingValue.AbsolutePath(v) }),
        Text("docker-tls-cert", "FILE", "certificate of the server", o => o.DockerTlsCert, (o, v) => o with { DockerTlsCert = SettingValue.AbsolutePath(v) }),
        Text("docker-tls-key", "FILE", "key of the server", o => o.DockerTlsKey, (o, v) => o with { DockerTlsKey = SettingValue.AbsolutePath(v) }),
        Switch("stop-containers-on-exit", "stop the containers when naru stops", o => o.StopContainersOnExit, (o, v) => o with { StopContainersOnExit = v }),
        Switch("prepare-host", "let starting change host settings that containers need", o => o.PrepareHost, (o, v) => o with { PrepareHost = v }),
        Text("shutdown-timeout", "TIME", "how long stopping may take", o => SettingValue.Show(o.ShutdownTimeout), (o, v) => o with { ShutdownTimeout = SettingValue.Duration(v) }),
        Text("runtime", "NAME", "OCI runtime: crun, runc or a path", o => o.Runtime, (o, v) => o with { Runtime = SettingValue.Matching(v, "crun, runc or an absolute path", t => t is "crun" or "runc" || Path.IsPathFullyQualified(t)) }),
        Switch("init", "run containers under a small init unless they say otherwise", o => o.Init, (o, v) => o with { Init = v }),
        Switch("restart-unhealthy", "start unhealthy containers again", o => o.RestartUnhealthy, (o, v) => o with { RestartUnhealthy = v }),
        Text("stop-timeout", "TIME", "time between a container's stop signal and SIGKILL", o => SettingValue.Show(o.StopTimeout), (o, v) => o with { StopTimeout = SettingValue.Duration(v) }),
        Text("log-max-size", "SIZE", "size at which a container's log file is rotated", o => SettingValue.Show(o.LogMaxSize), (o, v) => o with { LogMaxSize = SettingValue.Size(v) }),
        Text("log-max-files", "COUNT", "log files kept for each container", o => $"{o.LogMaxFiles}", (o, v) => o with { LogMaxFiles = SettingValue.Number(v, 1, 1000) }),
        List("registry-mirror", "URL", "mirror asked before docker.io", o => o.RegistryMirrors, (o, v) => o with { RegistryMirrors = v }),
        List("insecure-registry", "HOST", "registry reached without checked TLS", o => o.InsecureRegistries, (o, v) => o with { InsecureRegistries = v }),
        Text("max-downloads", "COUNT", "layers fetched at once", o => $"{o.MaxDownloads}", (o, v) => o with { MaxDownloads = SettingValue.Number(v, 1, 64) }),
        Text("max-uploads", "COUNT", "layers sent at once", o => $"{o.MaxUploads}", (o, v) => o with { MaxUploads = SettingValue.Number(v, 1, 64) }),
        List("dns", "ADDRESS", "name server of containers", o => o.Dns, (o, v) => o with { Dns = [.. v.Select(t => SettingValue.Address(t).ToString())] }),
        List("dns-route", "DOMAIN=ADDRESS", "name server of one domain", o => o.DnsRoutes, (o, v) => o with { DnsRoutes = [.. v.Select(SettingValue.Route)] }),
        List("dns-search", "DOMAIN", "search domain of containers", o => o.DnsSearch, (o, v) => o with { DnsSearch = v }),
        List("dns-option", "OPTION", "resolver option of containers", o => o.DnsOptions, (o, v) => o with { DnsOptions = v }),
        Text("bridge-subnet", "CIDR", "subnet of the default bridge", o => o.BridgeSubnet, (o, v) => o with { BridgeSubnet = SettingValue.Network(v).ToString() }),
        List("address-pool", "CIDR,SIZE", "range that networks take subnets from", o => o.AddressPools, (o, v) => o with { AddressPools = [.. v.Select(SettingValue.Pool)] }) with { ListSeparator = ';' },
        Text("mtu", "BYTES", "largest packet of the default network", o => $"{o.Mtu}", (o, v) => o with { Mtu = SettingValue.Number(v, 576, 65535) }),
        Switch("obey-host-firewall", "published ports obey the host's own firewall", o => o.ObeyHostFirewall, (o, v) => o with { ObeyHostFirewall = v }),
        Text("disk-budget", "SIZE", "disk that images, build cache and dead containers may take", o => o.DiskBudget is { } size ? SettingValue.Show(size) : null, (o, v) => o with { DiskBudget = SettingValue.Size(v) }),
        Text("gc-interval", "TIME", "how often the disk budget is looked at", o => SettingValue.Show(o.GcInterval), (o, v) => o with { GcInterval = SettingValue.Duration(v) }),
        List("label", "KEY=VALUE", "label of the engine", o => o.Labels, (o, v) => o with { Labels = v }),
        Switch("cluster", "run a cluster too, not containers alone", o => o.Cluster, (o, v) => o with { Cluster = v }),
        .. ClusterSettings.All,
    ];

    /// <summary>The option of that name; null if there is none.</summary>
    public static Setting? Find(string name) => All.FirstOrDefault(setting => setting.Name == name);

    /// <summary>A hint for a name that does not exist; empty when nothing is near.</summary>
    public static string Suggest(string name)
    {
        static string Letters(string text) => text.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
        var letters = Letters(name);
        var near = All.FirstOrDefault(setting => Letters(setting.Name) == letters || Letters(setting.Name) + "s" == letters)
            ?? All.FirstOrDefault(setting => letters.Length > 3 && setting.Name.StartsWith(name, StringComparison.Ordinal));
        return near is null ? "" : $"; did you mean \"{near.Name}\"?";
    }

    internal static Setting Text(string name, string valueName, string description, Func<NaruOptions, string?> show, Func<NaruOptions, string, NaruOptions> apply) => new()
    {
        Name = name,
        ValueName = valueName,
        Description = description,
        Apply = (options, values) => apply(options, values[0]),
        Show = options => show(options) is { Length: > 0 } text ? [text] : [],
    };

    private static Setting Choice(string name, IReadOnlyList<string> choices, string description, Func<NaruOptions, string> show, Func<NaruOptions, string, NaruOptions> apply) =>
        Text(name, string.Join('|', choices), description, show, apply) with { Choices = choices };

    internal static Setting Switch(string name, string description, Func<NaruOptions, bool> show, Func<NaruOptions, bool, NaruOptions> apply) =>
        Text(name, "", description, options => show(options) ? "true" : "false", (options, text) => apply(options, SettingValue.Switch(text))) with { ValueName = null };

    internal static Setting List(string name, string valueName, string description, Func<NaruOptions, IReadOnlyList<string>> show, Func<NaruOptions, IReadOnlyList<string>, NaruOptions> apply) => new()
    {
        Name = name,
        ValueName = valueName,
        Description = description,
        IsList = true,
        Apply = apply,
        Show = show,
    };
}
