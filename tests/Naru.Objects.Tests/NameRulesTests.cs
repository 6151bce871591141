using Naru.Objects.Names;

namespace Naru.Objects.Tests;

public sealed class NameRulesTests
{
    private const string Subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    [Fact]
    public void GoodNames_BreakNoRule()
    {
        Assert.Empty(NameRules.DnsLabel("a-1"));
        Assert.Empty(NameRules.DnsSubdomain("a.b-c.1"));
        Assert.Empty(NameRules.Dns1035Label("a-1"));
        Assert.Empty(NameRules.WildcardSubdomain("*.a.b"));
        Assert.Empty(NameRules.QualifiedName("example.com/My_Name"));
        Assert.Empty(NameRules.LabelValue(""));
        Assert.Empty(NameRules.LabelValue(new string('a', 63)));
        Assert.Empty(NameRules.PathSegment("system:node"));
        Assert.Empty(NameRules.ConfigMapKey("a.b_C-1"));
        Assert.Empty(NameRules.EnvironmentVariable("A B"));
        Assert.Empty(NameRules.PortName("http-80"));
    }

    [Fact]
    public void BadNames_AreRefusedInKubernetesWords()
    {
        Assert.Equal([Subdomain], NameRules.DnsSubdomain("A"));
        Assert.Equal([Subdomain], NameRules.DnsSubdomain("a..b"));
        Assert.Equal([Subdomain], NameRules.DnsSubdomain("../x"));
        Assert.Equal(["must be no more than 63 bytes"], NameRules.DnsLabel(new string('a', 64)));
        Assert.Equal(["a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"], NameRules.DnsLabel("a.b"));
        Assert.Equal(["a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"], NameRules.Dns1035Label("1a"));
        Assert.Equal(["a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"], NameRules.LabelValue("-"));
        Assert.Equal(["may not be '..'"], NameRules.PathSegment(".."));
        Assert.Equal(["may not contain '/'"], NameRules.PathSegment("a/b"));
        Assert.Equal("prefix part must be non-empty", NameRules.QualifiedName("/a")[0]);
        Assert.Equal("name part must be non-empty", NameRules.QualifiedName("a/")[0]);
        Assert.Single(NameRules.QualifiedName("a/b/c"));
        Assert.Equal(["must be between 1 and 65535, inclusive"], NameRules.PortNumber(0));
        Assert.NotEmpty(NameRules.PortName("80"));
        Assert.NotEmpty(NameRules.ConfigMapKey(".."));
        Assert.NotEmpty(NameRules.EnvironmentVariable("a=b"));
    }
}
