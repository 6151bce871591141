using Naru.Configuration;
using Naru.Core.Units;
using Naru.Testing;

namespace Naru.Tests.Configuration;

public sealed class ConfigurationLoaderTests
{
    private static readonly Dictionary<string, string> Empty = [];

    [Fact]
    public void Load_FlagOverEnvironmentOverFile()
    {
        using var directory = new TempDirectory();
        var file = Write(directory, "data-dir: /file\nrun-dir: /file-run\nmax-downloads: 7\n");
        var environment = new Dictionary<string, string> { ["NARU_RUN_DIR"] = "/environment", ["NARU_DATA_DIR"] = "/environment-data" };

        var options = ConfigurationLoader.Load([new ConfigurationEntry("data-dir", ["/flag"], "--data-dir")], file, environment);

        Assert.Equal("/flag", options.DataDirectory);
        Assert.Equal("/environment", options.RunDirectory);
        Assert.Equal(7, options.MaxDownloads);
    }

    [Fact]
    public void Load_ListInEnvironment_IsSplit()
    {
        var options = ConfigurationLoader.Load([], Nothing(), new Dictionary<string, string> { ["NARU_DNS"] = "1.1.1.1, 8.8.8.8", ["NARU_ADDRESS_POOL"] = "10.1.0.0/16,24;10.2.0.0/16,26" });

        Assert.Equal(["1.1.1.1", "8.8.8.8"], options.Dns);
        Assert.Equal(["10.1.0.0/16,24", "10.2.0.0/16,26"], options.AddressPools);
    }

    [Theory]
    [InlineData("data-dri: /x", "unknown option \"data-dri\"")]
    [InlineData("datadir: /x", "did you mean \"data-dir\"?")]
    [InlineData("data_dir: /x", "did you mean \"data-dir\"?")]
    [InlineData("data-dir: x", "must be an absolute path")]
    [InlineData("data-dir: /x\ndata-dir: /y", "set twice")]
    [InlineData("data-dir: [/x, /y]", "takes one value")]
    [InlineData("log-level: loud", "must be one of")]
    [InlineData("disk-budget: much", "must be a size")]
    [InlineData("gc-interval: often", "must be a time")]
    [InlineData("docker-tls-address: localhost", "must be an address and a port")]
    [InlineData("init: maybe", "must be true or false")]
    [InlineData("bridge-subnet: 10.1.2.3/16", "must be a subnet")]
    [InlineData("address-pool: [\"10.0.0.0/16,8\"]", "must be a number from 16 to 32")]
    [InlineData("kubernetes-address: localhost", "must be an address and a port")]
    [InlineData("service-range: [10.0.0.0/16, 10.1.0.0/16]", "one of each address family")]
    [InlineData("node-port-range: 40000-30000", "must be a range of ports")]
    [InlineData("cluster-domain: a..b", "must be a DNS domain")]
    [InlineData("etcd-prefix: naru", "must be a path such as /naru/")]
    [InlineData("oidc-issuer: ftp://x", "must be an https address")]
    [InlineData("oidc-required-claim: team", "must be a claim and its value")]
    [InlineData("runtime: youki/x", "must be crun, runc or an absolute path")]
    public void Load_WrongOption_IsRefusedWithItsPlace(string line, string rule)
    {
        using var directory = new TempDirectory();
        var file = Write(directory, line);

        var exception = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load([], file, Empty));

        Assert.Contains(rule, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith(file + ":", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Load_NamedFileMissing_IsRefused() =>
        Assert.Equal("/nonexistent/naru.yaml: there is no such file", Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load([], "/nonexistent/naru.yaml", Empty)).Message);

    [Theory]
    [InlineData("--mtu", "--mtu: \"x\" must be")]
    [InlineData("NARU_MTU", "NARU_MTU: mtu: \"x\" must be")]
    [InlineData("/etc/naru/naru.yaml:3", "/etc/naru/naru.yaml:3: mtu: \"x\" must be")]
    public void Load_WrongValue_IsToldWithItsPlace(string origin, string told) =>
        Assert.StartsWith(told, Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load([new ConfigurationEntry("mtu", ["x"], origin)], Nothing(), Empty)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("docker-tls-cert", "/etc/hostname", "belong together")]
    [InlineData("etcd-cert", "/etc/hostname", "need etcd-endpoint")]
    [InlineData("oidc-client-id", "naru", "belong together")]
    [InlineData("run-dir", "/a/very/long/directory/that/leaves/no/room/for/the/sockets/that/naru/puts", "too long")]
    [InlineData("data-dir", "/run/naru/data", "must not lie in run-dir")]
    [InlineData("service-range", "10.0.0.0/8", "service-range: \"10.0.0.0/8\" overlaps pod-range \"10.244.0.0/16\"")]
    [InlineData("pod-range", "10.100.7.0/24", "service-range: \"10.96.0.0/12\" overlaps pod-range \"10.100.7.0/24\"")]
    public void Load_OptionsThatDoNotGoTogether_AreRefused(string name, string value, string rule)
    {
        var exception = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load([new ConfigurationEntry(name, [value], "--" + name)], Nothing(), Empty));

        Assert.Contains(rule, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownVariables_OnlyThoseThatAreNoOptions()
    {
        var unknown = ConfigurationLoader.UnknownVariables(new Dictionary<string, string> { ["NARU_DATADIR"] = "/x", ["NARU_DATA_DIR"] = "/x", ["NARU_CONSOLE"] = "http://x", ["PATH"] = "/bin" });

        Assert.Equal(["NARU_DATADIR"], unknown);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("90", 90_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("10m", 600_000)]
    [InlineData("7d", 604_800_000)]
    public void Duration_Units_AreRead(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), SettingValue.Duration(text));

    [Theory]
    [InlineData("")]
    [InlineData("-1s")]
    [InlineData("s")]
    [InlineData("1w")]
    [InlineData("1e9s")]
    public void Duration_Nonsense_IsRefused(string text) => Assert.Throws<FormatException>(() => SettingValue.Duration(text));

    public static TheoryData<string> Names() => [.. Settings.All.Select(setting => setting.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Setting_ShownValue_ReadsBackTheSame(string name)
    {
        var setting = Settings.Find(name)!;
        var options = new NaruOptions
        {
            DockerTlsAddress = "127.0.0.1:2376",
            DockerTlsCa = "/ca",
            DockerTlsCert = "/cert",
            DockerTlsKey = "/key",
            DiskBudget = ByteSize.FromGibibytes(40),
            BridgeSubnet = "10.9.0.0/24",
            Dns = ["1.1.1.1"],
            DnsSearch = ["a.example"],
            DnsRoutes = ["corp.example=10.0.0.53", "lab.example=10.0.0.54:5353"],
            DnsOptions = ["ndots:1"],
            StaticPods = "/static",
            AllowedSysctls = ["kernel.shm_rmid_forced"],
            IngressPublished = ["192.0.2.1"],
            IngressTrusted = ["10.0.0.0/8"],
            LoadBalancerRanges = ["192.0.2.16/28", "192.0.2.40-192.0.2.50"],
            AddressPools = ["10.1.0.0/16,24"],
            RegistryMirrors = ["https://mirror.example"],
            InsecureRegistries = ["r.example:5000"],
            Labels = ["a=b"],
            Init = true,
            KubernetesAddress = "127.0.0.1:0",
            KubernetesNames = ["naru.example"],
            EtcdEndpoints = ["http://127.0.0.1:2379"],
            EtcdCa = "/ca",
            EtcdCert = "/cert",
            EtcdKey = "/key",
            ServiceRanges = ["10.9.0.0/16"],
            PodRanges = ["10.8.0.0/16", "fd00:8::/56"],
            AuditPolicy = "/policy",
            AuditLog = "/log",
            OidcIssuer = "https://issuer.example",
            OidcClientId = "naru",
            OidcUsernamePrefix = "oidc:",
            OidcGroupsClaim = "groups",
            OidcGroupsPrefix = "oidc:",
            OidcRequiredClaims = ["team=blue"],
            OidcCa = "/ca",
        };

        var shown = setting.Show(options);
        var again = setting.Apply(new NaruOptions(), shown);

        Assert.NotEmpty(shown);
        Assert.Equal(shown, setting.Show(again));
    }

    private static string Nothing() => "/dev/null";

    private static string Write(TempDirectory directory, string text)
    {
        var path = Path.Combine(directory.Path, "naru.yaml");
        File.WriteAllText(path, text + "\n");
        return path;
    }
}
