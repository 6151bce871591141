namespace Naru.Controllers.Snapshots;

/// <summary>The kinds of snapshots as custom resources: the fields and columns that their clients know.</summary>
internal static class SnapshotDefinitionsTable
{
    public const string Class = """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
         "metadata":{"name":"volumesnapshotclasses.snapshot.storage.k8s.io","annotations":{"api-approved.kubernetes.io":"https://github.com/kubernetes-csi/external-snapshotter/pull/814"}},
         "spec":{"group":"snapshot.storage.k8s.io","scope":"Cluster",
          "names":{"kind":"VolumeSnapshotClass","listKind":"VolumeSnapshotClassList","plural":"volumesnapshotclasses","singular":"volumesnapshotclass","shortNames":["vsclass","vsclasses"]},
          "versions":[{"name":"v1","served":true,"storage":true,
           "additionalPrinterColumns":[
            {"name":"Driver","type":"string","jsonPath":".driver"},
            {"name":"DeletionPolicy","type":"string","description":"What becomes of a snapshot whose object is deleted.","jsonPath":".deletionPolicy"},
            {"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}],
           "schema":{"openAPIV3Schema":{"type":"object","description":"How snapshots of volumes are taken.","required":["deletionPolicy","driver"],"properties":{
            "apiVersion":{"type":"string"},"kind":{"type":"string"},
            "driver":{"type":"string","description":"Who takes the snapshots."},
            "deletionPolicy":{"type":"string","enum":["Delete","Retain"],"description":"Whether the data goes with the object."},
            "parameters":{"type":"object","description":"What the driver wants to know.","additionalProperties":{"type":"string"}}}}}}]}}
        """;

    public const string Content = """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
         "metadata":{"name":"volumesnapshotcontents.snapshot.storage.k8s.io","annotations":{"api-approved.kubernetes.io":"https://github.com/kubernetes-csi/external-snapshotter/pull/814"}},
         "spec":{"group":"snapshot.storage.k8s.io","scope":"Cluster",
          "names":{"kind":"VolumeSnapshotContent","listKind":"VolumeSnapshotContentList","plural":"volumesnapshotcontents","singular":"volumesnapshotcontent","shortNames":["vsc","vscs"]},
          "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
           "additionalPrinterColumns":[
            {"name":"ReadyToUse","type":"boolean","description":"Volumes can be made of it.","jsonPath":".status.readyToUse"},
            {"name":"RestoreSize","type":"integer","description":"Bytes that a volume made of it needs.","jsonPath":".status.restoreSize"},
            {"name":"DeletionPolicy","type":"string","jsonPath":".spec.deletionPolicy"},
            {"name":"Driver","type":"string","jsonPath":".spec.driver"},
            {"name":"VolumeSnapshotClass","type":"string","jsonPath":".spec.volumeSnapshotClassName"},
            {"name":"VolumeSnapshot","type":"string","jsonPath":".spec.volumeSnapshotRef.name"},
            {"name":"VolumeSnapshotNamespace","type":"string","jsonPath":".spec.volumeSnapshotRef.namespace"},
            {"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}],
           "schema":{"openAPIV3Schema":{"type":"object","description":"A snapshot as its driver has it.","required":["spec"],"properties":{
            "apiVersion":{"type":"string"},"kind":{"type":"string"},
            "spec":{"type":"object","required":["deletionPolicy","driver","source","volumeSnapshotRef"],"properties":{
             "deletionPolicy":{"type":"string","enum":["Delete","Retain"]},
             "driver":{"type":"string"},
             "source":{"type":"object","description":"A volume to take it of, or a snapshot that is there.","properties":{"volumeHandle":{"type":"string"},"snapshotHandle":{"type":"string"}},
              "oneOf":[{"required":["volumeHandle"]},{"required":["snapshotHandle"]}],
              "x-kubernetes-validations":[{"rule":"self == oldSelf","message":"source is immutable"}]},
             "sourceVolumeMode":{"type":"string"},
             "volumeSnapshotClassName":{"type":"string"},
             "volumeSnapshotRef":{"type":"object","x-kubernetes-map-type":"atomic","properties":{
              "apiVersion":{"type":"string"},"kind":{"type":"string"},"namespace":{"type":"string"},"name":{"type":"string"},"uid":{"type":"string"},"resourceVersion":{"type":"string"},"fieldPath":{"type":"string"}}}}},
            "status":{"type":"object","properties":{
             "creationTime":{"type":"integer","format":"int64","description":"When it was taken, in nanoseconds."},
             "error":{"type":"object","properties":{"message":{"type":"string"},"time":{"type":"string","format":"date-time"}}},
             "readyToUse":{"type":"boolean"},
             "restoreSize":{"type":"integer","format":"int64","minimum":0},
             "snapshotHandle":{"type":"string"},
             "volumeGroupSnapshotHandle":{"type":"string"}}}}}}}]}}
        """;

    public const string Snapshot = """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
         "metadata":{"name":"volumesnapshots.snapshot.storage.k8s.io","annotations":{"api-approved.kubernetes.io":"https://github.com/kubernetes-csi/external-snapshotter/pull/814"}},
         "spec":{"group":"snapshot.storage.k8s.io","scope":"Namespaced",
          "names":{"kind":"VolumeSnapshot","listKind":"VolumeSnapshotList","plural":"volumesnapshots","singular":"volumesnapshot","shortNames":["vs"]},
          "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
           "additionalPrinterColumns":[
            {"name":"ReadyToUse","type":"boolean","description":"Volumes can be made of it.","jsonPath":".status.readyToUse"},
            {"name":"SourcePVC","type":"string","description":"Claim whose volume it was taken of.","jsonPath":".spec.source.persistentVolumeClaimName"},
            {"name":"SourceSnapshotContent","type":"string","jsonPath":".spec.source.volumeSnapshotContentName"},
            {"name":"RestoreSize","type":"string","description":"What a volume made of it needs.","jsonPath":".status.restoreSize"},
            {"name":"SnapshotClass","type":"string","jsonPath":".spec.volumeSnapshotClassName"},
            {"name":"SnapshotContent","type":"string","jsonPath":".status.boundVolumeSnapshotContentName"},
            {"name":"CreationTime","type":"date","description":"When it was taken.","jsonPath":".status.creationTime"},
            {"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}],
           "schema":{"openAPIV3Schema":{"type":"object","description":"What a volume held at one moment.","required":["spec"],"properties":{
            "apiVersion":{"type":"string"},"kind":{"type":"string"},
            "spec":{"type":"object","required":["source"],"properties":{
             "source":{"type":"object","description":"A claim to take it of, or a content that is there.","properties":{"persistentVolumeClaimName":{"type":"string"},"volumeSnapshotContentName":{"type":"string"}},
              "oneOf":[{"required":["persistentVolumeClaimName"]},{"required":["volumeSnapshotContentName"]}],
              "x-kubernetes-validations":[{"rule":"self == oldSelf","message":"source is immutable"}]},
             "volumeSnapshotClassName":{"type":"string","minLength":1}}},
            "status":{"type":"object","properties":{
             "boundVolumeSnapshotContentName":{"type":"string"},
             "creationTime":{"type":"string","format":"date-time"},
             "error":{"type":"object","properties":{"message":{"type":"string"},"time":{"type":"string","format":"date-time"}}},
             "readyToUse":{"type":"boolean"},
             "restoreSize":{"type":"string","pattern":"^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$"},
             "volumeGroupSnapshotName":{"type":"string"}}}}}}}]}}
        """;
}
