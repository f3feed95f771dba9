/**
 * WebDAV, XSLT and folders of other stores. Explained here, not supported yet.
 */
import type { OptionSection } from './section.ts';

const RESOURCES: readonly [part: string, resources: string][] = [
  ['', 'every resource'],
  ['collection-', 'every folder'],
  ['object-', 'every file'],
];

export const webdavOptions: OptionSection = {
  data: `
webdav-mount | list | no | | Offers a folder by WebDAV: FOLDER or /path=FOLDER.
webdav-css | list | no | | Stylesheet of the pages that list folders.
webdav-javascript | list | no | | Script of the pages that list folders.
webdav-class-directory | list | no | | CSS class of folders on the pages that list them.
webdav-div | string | no | | Id of the element that holds the list of a folder.
webdav-lock-cache | string | no | | Cache that holds the locks of WebDAV.
webdav-principal-base | string | no | | Tells clients who they are, as a path that begins with this one.
webdav-add-option | list | no | | Further standard in the DAV header of answers to OPTIONS.
${RESOURCES.map(([part, resources]) => `webdav-add-${part}prop | list | no | | Property of ${resources}, as plain text.`).join('\n')}
${RESOURCES.map(([part, resources]) => `webdav-add-${part}prop-href | list | no | | Property of ${resources}, as a link.`).join('\n')}
${RESOURCES.map(([part, resources]) => `webdav-add-${part}prop-comp | list | no | | Property of ${resources}, as XML.`).join('\n')}
webdav-add-rtype-prop | list | no | | Further resource type of every resource.
webdav-add-rtype-collection-prop | list | no | | Further resource type of every folder.
webdav-add-rtype-object-prop | list | no | | Further resource type of every file.
webdav-skip-prop | list | no | | Property that is left out when the file has it in an extended attribute.
xslt-docroot | list | no | | Folder of XML files that are answered as a stylesheet makes them.
xslt-ext | list | no | | Extension of the stylesheet that belongs to an XML file, beside it.
xslt-var | list | no | | Request variable that names the stylesheet.
xslt-stylesheet | list | no | | Stylesheet for XML files without one of their own.
xslt-content-type | string | no | text/html | Type of the answers that stylesheets make.
glusterfs-mount | list | no | | Serves files of a GlusterFS volume under a path: mountpoint=,server=,volume=.
glusterfs-timeout | seconds | no | | Longest wait for GlusterFS in asynchronous mode.
rados-mount | list | no | | Serves objects of a Ceph pool under a path: mountpoint=,pool=,config=.
rados-timeout | seconds | no | | Longest wait for Ceph in asynchronous mode.
`,
  readers: {},
};
